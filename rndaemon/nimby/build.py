"""Which sources a workstation has, from its settings and its system."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial

from rndaemon.nimby.settings import Nimby
from rndaemon.nimby.sources import (
    SOMEBODY,
    Changes,
    Devices,
    EventDevices,
    Idle,
    Load,
    Source,
    Users,
    not_ours,
    owner_of,
    seated,
    terminal_times,
    touched,
)
from rndaemon.platform.base import Platform


def sources(
    settings: Nimby,
    platform: Platform,
    users: Callable[[], Iterable[str]],
    our_pids: Callable[[], Iterable[int]],
) -> list[Source]:
    """In no order: the newest sign of all counts."""
    found: list[Source] = []
    if settings.touch_file:
        found.append(Changes(partial(touched, settings.touch_file), "at the machine", lambda _: SOMEBODY))
    if "input" in settings.watch:
        found += _input(platform, lambda: seated(users()))
    if "users" in settings.watch:
        found.append(Users(users, settings.ignore_users))
    if "load" in settings.watch:
        found.append(Load(lambda: not_ours(our_pids()), settings.load_cores, settings.load_for_s))
    return found


def _input(platform: Platform, who: Callable[[], str]) -> list[Source]:
    if platform.name != "linux":
        return [Idle(platform.idle_s, who)]
    found: list[Source] = [
        Changes(terminal_times, "at a terminal", owner_of),
        Devices(EventDevices().any, who),
    ]
    if os.environ.get("DISPLAY"):
        from rndaemon.nimby.xidle import Asker  # only here: most nodes have no display to ask

        found.append(Idle(Asker().idle_s, who))
    return found
