"""From functions to a handler of the wire: what holds for every call is done here, once.

A function `pause_job(db, job_id, paused)` becomes the call `pauseJob` with the arguments `jobId` and `paused`. An
argument annotated `Id` is an id by the time the function sees it, one that may be None may be unset; what stands
after `*` is not the caller's to give: the server's limits, folders. Errors are ours already (database.py), the
wire gives them their code.
"""

from __future__ import annotations

import inspect
import logging
import time
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, get_args, get_type_hints

from plow_client import idl
from plow_client.errors import Invalid, PlowError
from plow_client.logs import event
from plow_client.names import to_snake
from plow_client.rpc.peer import current_peer
from plow_server.asking import AskNode
from plow_server.config import Config, Limit, log_root
from plow_server.database import Database
from plow_server.deed import deed_of, doing, is_read
from plow_server.events import Events
from plow_server.handlers import (
    avoid,
    cluster,
    depend,
    explain,
    failure,
    filter,
    folder,
    history,
    job,
    layer,
    limit,
    node,
    output,
    pool,
    proc,
    project,
    query,
    quota,
    service,
    task,
)
from plow_server.handlers.arguments import Id, check_id
from plow_server.handlers.refusals import Refusals
from plow_server.ownlogs import own_logs

log = logging.getLogger(__name__)

MODULES: tuple[ModuleType, ...] = (
    avoid, cluster, depend, explain, failure, filter, folder, history, job, layer, limit, node, output, pool, proc,
    project, query, quota, service, task,
)  # fmt: skip

Handler = Callable[..., object]

JUDGED = range(1, 6)  # not our own faults, which the log has, and not "try again"


def bind(db: Database, config: Config, events: Events | None = None) -> dict[str, Handler]:
    """The handler of RpcService: every call that is built, by its name.

    `events` lets calls wait for what happens; without it they do not wait.
    """
    given = {
        "limit": config.limit,
        "limits": config.limit,
        "log_root": log_root(config),
        "own_logs": own_logs(config),
        "ask_node": AskNode(config.node.call_s),
        "events": events,
        "failures": config.failure,
        "silent_s": config.node.silent_s,
    }
    refusals = Refusals(db, config.limit.refusals_per_minute)
    return {
        name: _accounted(name, function, _call(name, function, db, given, config.limit), refusals)
        for name, function in find_functions().items()
    }


def find_functions() -> dict[str, Callable[..., Any]]:
    """The function of each call: public, and defined in one of the modules of a noun."""
    calls = {to_snake(name): name for name in idl.RpcService.thrift_services}
    found: dict[str, Callable[..., Any]] = {}
    for module in MODULES:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != module.__name__ or name.startswith("_"):
                continue
            if name not in calls:
                raise TypeError(f"{module.__name__}.{name}: the IDL has no such call")
            found[calls[name]] = function
    return found


def _accounted(name: str, function: Callable[..., Any], call: Handler, refusals: Refusals) -> Handler:
    """With a call that changes something comes who made it; if it is refused, that is kept too."""
    if is_read(name):
        return call
    noun = function.__module__.rpartition(".")[2]

    def accounted(**values: Any) -> object:
        peer = current_peer.get()
        deed = deed_of(peer, name, values.get("reason"))
        try:
            with doing(deed):
                return call(**values)
        except PlowError as error:
            if deed is not None and peer is not None and error.code in JUDGED:
                refusals.keep(deed, peer.host, noun, error, values)
            raise

    return accounted


def _call(
    name: str, function: Callable[..., Any], db: Database, given: Mapping[str, object], limit: Limit
) -> Handler:
    arguments = _arguments(name, function, limit)
    fixed = {
        parameter.name: given[parameter.name]
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }

    def call(**values: Any) -> object:
        started = time.perf_counter()
        try:
            taken = {own: check(values.get(wire)) for wire, (own, check) in arguments.items()}
            return function(db, **taken, **fixed)
        finally:
            ms = (time.perf_counter() - started) * 1000
            log.debug(event("call answered", call=name, ms=f"{ms:.1f}"))

    return call


def _arguments(
    name: str, function: Callable[..., Any], limit: Limit
) -> dict[str, tuple[str, Callable[[Any], Any]]]:
    """For each argument of the wire, what the function calls it and how it is checked."""
    hints = get_type_hints(function)
    wire = [spec[1] for spec in getattr(idl.RpcService, f"{name}_args").thrift_spec.values()]
    own = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ][1:]
    if own != [to_snake(argument) for argument in wire]:
        raise TypeError(f"{function.__name__} takes {own}, the call {name} has {wire}")
    return {
        argument: (snake, _check(name, argument, hints[snake], limit))
        for argument, snake in zip(wire, own, strict=True)
    }


def _check(name: str, argument: str, hint: Any, limit: Limit) -> Callable[[Any], Any]:
    may_be_unset = type(None) in get_args(hint)
    longest = limit.reason_chars if argument == "reason" else None

    def check(value: Any) -> Any:
        if value is None and not may_be_unset:
            raise Invalid(f"{name} needs {argument}")
        if longest is not None and value is not None and len(value) > longest:
            raise Invalid(f"a reason of {len(value):,} characters; at most {longest:,} are allowed")
        return check_id(value) if hint is Id else value

    return check
