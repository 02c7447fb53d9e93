"""Every call that takes an id tells of one that is malformed or unknown, as the error model says (W54)."""

from __future__ import annotations

import inspect
from typing import Any, get_type_hints

import pytest

from plow_client import idl
from plow_client.errors import Invalid, NotFound
from plow_client.names import to_snake
from plow_server.handlers.arguments import Id
from plow_server.handlers.bind import find_functions
from tests.integration.calls.conftest import NOBODY, Scene

# Lists of something that is not there are empty, as in 2013; what is deleted already is no fault.
SILENT = {
    "getJobOutputs", "getDependsOnJob", "getJobDependsOn", "getLayerOutputs", "getLayers", "getDependsOnLayer",
    "getLayerDependsOn", "getDependsOnTask", "getTaskDependsOn", "getTaskStats", "getHistory", "deleteCluster",
}  # fmt: skip


# Where any value of the type would be refused before the id is looked for.
SOUND = {
    "tasks": [idl.TaskSpecT(name="a")],
    "layers": [idl.LayerSpecT(name="a", command=["true"], range="1")],
    "range": "1",
}


def calls_with_an_id() -> list[str]:
    """Those whose first argument is an id."""
    found = []
    for name, function in find_functions().items():
        parameters = list(inspect.signature(function).parameters)[1:]
        if parameters and get_type_hints(function).get(parameters[0]) is Id:
            found.append(name)
    return sorted(found)


def arguments(call: str, first: str) -> dict[str, Any]:
    """The id, and for the rest something of the right type."""
    specs = list(getattr(idl.RpcService, f"{call}_args").thrift_spec.values())
    hints = get_type_hints(find_functions()[call])
    said = {specs[0][1]: first}
    for spec in specs[1:]:
        said[spec[1]] = NOBODY if hints[to_snake(spec[1])] is Id else SOUND.get(spec[1]) or sample(spec)
    return said


def sample(spec: tuple[Any, ...]) -> Any:
    """A small value of a wire type."""
    kind, inner = spec[0], spec[2] if len(spec) == 4 else None
    if kind == 12:
        return inner()
    if kind == 13:
        return {"a": "b"}
    if kind in (14, 15):
        return [] if isinstance(inner, tuple) or inner != 11 else ["a"]
    return {2: True, 11: "a"}.get(kind, 1)


@pytest.mark.parametrize("call", calls_with_an_id())
def test_a_malformed_id_is_told(scene: Scene, call: str) -> None:
    with pytest.raises(Invalid, match="not an id: 'x'"):
        getattr(scene.api, call)(**arguments(call, "x"))


@pytest.mark.parametrize("call", [call for call in calls_with_an_id() if call not in SILENT])
def test_an_unknown_id_is_told(scene: Scene, call: str) -> None:
    with pytest.raises(NotFound, match="^no "):
        getattr(scene.api, call)(**arguments(call, NOBODY))


@pytest.mark.parametrize("call", sorted(SILENT & set(find_functions())))
def test_of_what_is_not_there_there_is_nothing(scene: Scene, call: str) -> None:
    assert not getattr(scene.api, call)(**arguments(call, NOBODY))
