"""A farm that answers what a test prepared and keeps what it was asked, as sent over the wire and back."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from plow_client import idl
from plow_client.rpc import codec
from plow_client.rpc.message import CALL


class RecordedFarm:
    """`farm.getJob = JobT(...)` prepares an answer; `farm.asked` is a list of (call, arguments by name).

    Arguments really go through the codec, so one of the wrong type fails here as it would on the wire.
    An answer that is an exception is raised, one that is a function is called.
    """

    def __init__(self, **answers: object) -> None:
        self.answers = dict(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        struct = getattr(idl.RpcService, f"{name}_args", None)
        if struct is None:
            raise AttributeError(f"no call '{name}'")
        names = [spec[1] for spec in struct.thrift_spec.values()]

        def call(*given: object, **named: object) -> Any:
            assert len(given) + len(named) == len(names), f"{name} takes {names}"
            arguments = dict(zip(names, given, strict=False)) | named
            self.asked.append((name, _over_the_wire(name, struct(**arguments))))
            answer = self.answers.get(name)
            if isinstance(answer, Exception):
                raise answer
            return answer(**self.asked[-1][1]) if inspect.isfunction(answer) else answer

        return call

    def last(self) -> tuple[str, dict[str, Any]]:
        """The newest call."""
        return self.asked[-1]

    def calls(self, name: str) -> list[dict[str, Any]]:
        """The arguments of every call of this name."""
        return [arguments for call, arguments in self.asked if call == name]


def said(struct: object) -> dict[str, object]:
    """The fields of a struct that were set."""
    return {name: value for name, value in vars(struct).items() if value is not None}


def _over_the_wire(name: str, arguments: Any) -> dict[str, Any]:
    head = codec.begin(name, CALL, 1)
    arrived = codec.decode(head, codec.encode(head, arguments), type(arguments)())
    return dict(vars(arrived))
