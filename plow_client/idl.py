"""The interface as Python sees it: what plow.thrift declares, each thing made when it is first asked for.

`idl.JobT`, `idl.JobState`, `idl.RpcService` are what the file declares; their types stand in idl.pyi and their
fields in idl_tables.py, which `python -m plow_client.rpc.stubs` writes. Enums are IntEnums here. A field that
holds an enum arrives as a plain int: compare it (`task.state == TaskState.DEAD`), never test it with `is`.
"""

from __future__ import annotations

from typing import Any

from plow_client import idl_tables
from plow_client.errors import NotFound
from plow_client.rpc.declared import Declared
from plow_client.rpc.parse import FILE_NAME, find, load

_declared = Declared(__name__, idl_tables.ENUMS, idl_tables.STRUCTS, idl_tables.EXCEPTIONS, idl_tables.CALLS)
enums, structs, services = _declared.enums, _declared.structs, _declared.services

__all__ = ["FILE_NAME", "enums", "find", "load", "service_of", "services", "structs"]


def service_of(service: str | type[Any]) -> type[Any]:
    """A service by its name; a service of another IDL may be given as it is."""
    if not isinstance(service, str):
        return service
    if service not in services:
        raise NotFound(f"no service '{service}'")
    return services[service]


def __getattr__(name: str) -> type[Any]:
    for kinds in (structs, enums, services):
        if name in kinds:
            kind = globals()[name] = kinds[name]
            return kind
    raise AttributeError(f"{FILE_NAME} declares no '{name}'")


def __dir__() -> list[str]:
    return [*globals(), *enums, *structs, *services]
