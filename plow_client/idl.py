"""The interface as Python sees it: plow.thrift, loaded once.

`idl.JobT`, `idl.JobState`, `idl.RpcService` are what the file declares; their types stand in idl.pyi,
which `python -m plow_client.rpc.stubs` writes. Enums are IntEnums here. A field that holds an enum
arrives as a plain int: compare it (`task.state == TaskState.DEAD`), never test it with `is`.
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import thriftpy2

from plow_client.errors import NotFound

FILE_NAME = "plow.thrift"


def find() -> Path:
    """The one plow.thrift: inside the package once installed, one folder up in a checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here, here.parent):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    raise ImportError(f"no {FILE_NAME} in {here} or above it: the installation is not complete")


def load(path: Path, module_name: str) -> ModuleType:
    """Parse an IDL file; `module_name` ends in ``_thrift`` and names the result for good."""
    module: ModuleType = thriftpy2.load(str(path), module_name=module_name)
    return module


PATH = find()
thrift = load(PATH, "plow_client.plow_thrift")
_declared: dict[str, list[Any]] = vars(thrift)["__thrift_meta__"]

enums: dict[str, type[IntEnum]] = {
    plain.__name__: IntEnum(plain.__name__, plain._NAMES_TO_VALUES, module=__name__)  # type: ignore[misc]
    for plain in _declared["enums"]
}
structs: dict[str, type[Any]] = {
    struct.__name__: struct for kind in ("structs", "exceptions") for struct in _declared[kind]
}
services: dict[str, type[Any]] = {service.__name__: service for service in _declared["services"]}


def service_of(service: str | type[Any]) -> type[Any]:
    """A service by its name; a service of another IDL may be given as it is."""
    if not isinstance(service, str):
        return service
    if service not in services:
        raise NotFound(f"no service '{service}'")
    return services[service]


globals().update({**enums, **structs, **services})
