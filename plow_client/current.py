"""Which farm the functions of this package talk to: one for the whole program, a connection for each thread.

Unless told otherwise that is PLOW_HOSTS, else `hosts` in plow.toml, else this machine.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from plow_client import config
from plow_client.connection import DEFAULT_HOSTS, DEFAULT_PORT, Connection
from plow_client.idl import RpcService
from plow_client.places import config_file


@dataclass(frozen=True)
class ClientConfig:
    """What plow.toml may say."""

    hosts: tuple[str, ...] = config.setting(
        (DEFAULT_HOSTS,), "Servers, host:port each; the first that answers is used."
    )
    timeout_s: float = config.setting(30.0, "Seconds until a call without an answer fails.", minimum=0.1)


@dataclass(frozen=True)
class _Farm:
    server: RpcService
    host: str
    close: Callable[[], None]


_lock = threading.RLock()
_farm: _Farm | None = None


def server() -> RpcService:
    """The farm in use; the first call of a program finds out which."""
    return _in_use().server


def connect(hosts: str | Sequence[str], timeout_s: float = 30.0) -> None:
    """Talk to these servers from now on; nothing is sent before the first call."""
    connection = Connection(hosts, timeout_s=timeout_s)
    host = hosts if isinstance(hosts, str) else ",".join(hosts)
    _change(_Farm(cast(RpcService, connection), host, connection.close))


def use(farm: RpcService, host: str = "") -> None:
    """Talk through this object from now on: a connection of your own, or a test's farm."""
    _change(_Farm(farm, host, lambda: None))


def reconnect() -> None:
    """Forget the farm in use; the next call looks at PLOW_HOSTS and plow.toml again."""
    _change(None)


def cancel() -> None:
    """End the calls that other threads wait for: each raises Cancelled. The next call connects anew."""
    _in_use().close()


def set_host(host: str, port: int = DEFAULT_PORT) -> None:
    """Talk to this one server from now on."""
    connect([f"[{host}]:{port}" if ":" in host else f"{host}:{port}"])


def get_host() -> str:
    """The servers in use, ``host:port[,host:port]``."""
    return _in_use().host


def get_plow_time() -> int:
    """The farm's clock in milliseconds since 1970; its times compare with this clock, not with yours."""
    return server().getPlowTime()


def introduce(username: str, program: str) -> None:
    """Say who calls, for the farm's history, where the user of this process and the name of its program will not do.

    Holds for this thread's connection until it is made anew; a connection of this machine proves its user itself.
    """
    server().introduce(username, program)


def is_uuid(text: str) -> bool:
    """Whether this is an id, not a name."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except (ValueError, AttributeError, TypeError):
        return False


def _in_use() -> _Farm:
    with _lock:
        if _farm is None:
            settings = config.load(ClientConfig, file=config_file("plow")).value
            connect(settings.hosts, settings.timeout_s)
        assert _farm is not None
        return _farm


def _change(farm: _Farm | None) -> None:
    global _farm
    with _lock:
        before, _farm = _farm, farm
    if before is not None:
        before.close()
