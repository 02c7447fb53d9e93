"""A farm that has one of everything: each call is answered with a row of the type that the interface declares."""

from __future__ import annotations

from typing import Any

from thriftpy2.thrift import TType

from plow_client import idl
from tests.unit.plow_client.recorded import RecordedFarm

ID = "01a1f80a-2a17-70e0-8599-e854c1f6e360"
NAME = "shot"
NUMBERS = (TType.BYTE, TType.I16, TType.I32, TType.I64)


class AnyFarm(RecordedFarm):
    """Everything has the same id and the name `shot`; what a test prepares stands before."""

    def __init__(self, **answers: object) -> None:
        super().__init__(**answers)
        for call in idl.RpcService.thrift_services:
            result = getattr(idl.RpcService, f"{call}_result").thrift_spec
            if 0 in result:
                self.answers.setdefault(call, value(result[0]))


def row(struct: type[Any]) -> Any:
    """A struct with a value in every field."""
    return struct(**{spec[1]: value(spec) for spec in struct.thrift_spec.values()})


def value(spec: tuple[Any, ...]) -> Any:
    """What a field, or the result of a call, may hold."""
    kind, name = spec[0], spec[1]
    inner = spec[2] if len(spec) > 3 else None
    if kind == TType.STRUCT:
        return row(inner)
    if kind in (TType.LIST, TType.SET):
        item = inner if isinstance(inner, tuple) else (inner, None)
        return [value((item[0], name.removesuffix("s"), item[1], False))]
    if kind == TType.MAP:
        return {"key": "1"} if inner[1] == TType.STRING else {"key": 1.0}
    if kind in (TType.STRING, TType.BINARY):
        return ID if name.lower().endswith("id") else NAME
    if kind == TType.BOOL:
        return True
    return 1.5 if kind == TType.DOUBLE else 1 if kind in NUMBERS else None
