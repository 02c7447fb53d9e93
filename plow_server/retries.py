"""Errors of PostgreSQL become ours, and what failed by bad luck is tried again."""

from __future__ import annotations

import contextlib
import logging
import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import psycopg

from plow_client.errors import Unavailable
from plow_client.logs import event
from plow_server.sqlstate import LOST_RACES, is_dropped, translate

log = logging.getLogger(__name__)
Made = TypeVar("Made")

RACES = 8


@contextlib.contextmanager
def our_errors() -> Iterator[None]:
    """What PostgreSQL refuses in this block leaves it as one of our errors."""
    try:
        yield
    except psycopg.Error as error:
        ours = translate(error)
        if ours is None:
            raise
        raise ours from error
    except UnicodeEncodeError as error:  # a lone surrogate never reached the database
        ours = translate(psycopg.DataError(str(error)))
        assert ours is not None
        raise ours from error


def again(once: Callable[[], Made], drops: int = 1) -> Made:
    """Do it until no race is lost, and after `drops` dropped connections; then it is Unavailable."""
    races = RACES
    while True:
        try:
            with our_errors():
                return once()
        except Unavailable as error:
            cause = error.__cause__
            if isinstance(cause, psycopg.Error) and cause.sqlstate in LOST_RACES and races:
                races -= 1
                time.sleep(random.uniform(0.001, 0.01) * (RACES - races))
            elif cause is not None and is_dropped(cause) and drops:
                drops -= 1
                log.warning(event("database connection dropped", why=str(cause).strip()))
            else:
                raise
