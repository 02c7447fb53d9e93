"""The names that Blueprint had in 2012, so that the layer classes of then still work.

Each is today's method under its old name. A class may override the life cycle under the old names, too:
``_afterInit``, ``_setup``, ``_beforeExecute``, ``_execute(frames)`` (of a task without frames) and ``_afterExecute``.
"""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from blueprint.output import Input, Output
from blueprint.store import Store
from plow_client.errors import PlowError

if TYPE_CHECKING:
    from blueprint.depend import Depend
    from blueprint.job import Job
    from blueprint.layer import Layer
    from blueprint.task import Task

LayerException = PlowError
Part = TypeVar("Part", Input, Output)


class OldLayerNames:
    """Of layers and tasks."""

    def _afterInit(self) -> None:
        """Overridden by old classes; likewise the next ones."""

    def _setup(self) -> None: ...

    def _beforeExecute(self) -> None: ...

    def _execute(self, *frames: Any) -> None: ...

    def _afterExecute(self) -> None: ...

    def has_old_execute(self) -> bool:
        """Whether the class does its frames in ``_execute``."""
        return type(self)._execute is not OldLayerNames._execute

    def old_execute(self, frames: Sequence[int]) -> None:
        """A layer's takes the frames, a task's takes nothing."""
        if inspect.signature(self._execute).parameters:
            self._execute(frames)
        else:
            self._execute()

    def getName(self) -> str:
        return _layer(self).name

    def setArg(self, name: str, value: object) -> None:
        _layer(self).set_arg(name, value)

    def getArg(self, name: str, default: object = None) -> object:
        return _layer(self).get_arg(name, default)

    def isArgSet(self, name: str) -> bool:
        return _layer(self).is_arg_set(name)

    def dependOn(self, other: Layer | str) -> None:
        _layer(self).depend_on(other)

    def dependAll(self, other: Layer | str) -> None:
        _layer(self).depend_all(other)

    def getDepends(self) -> list[Depend]:
        return _layer(self).depends()

    def addInput(self, name: str, path: str, attrs: Mapping[str, str] | None = None) -> None:
        _layer(self).add_input(name, path, **(attrs or {}))

    def addOutput(self, name: str, path: str, attrs: Mapping[str, str] | None = None) -> None:
        _layer(self).add_output(name, path, **(attrs or {}))

    def getInputs(self) -> list[Input]:
        return _layer(self).inputs

    def getOutputs(self) -> list[Output]:
        return _layer(self).outputs()

    def getInput(self, name: str) -> Input:
        return _named(name, _layer(self).inputs)

    def getOutput(self, name: str) -> Output:
        return _named(name, _layer(self).outputs())

    def addSetupTask(self, task: Task) -> None:
        _layer(self).add_setup_task(task)

    def getSetupTasks(self) -> list[Task]:
        return _layer(self).setup_tasks

    def putData(self, name: str, value: object) -> None:
        _layer(self).data.put(name, value)

    def getData(self, name: str, default: object = None) -> object:
        return _layer(self).data.get(name, default)

    def getDir(self) -> str:
        store = _layer(self).data
        store.make()
        return str(store.folder)

    def getTempDir(self) -> str:
        return tempfile.gettempdir()

    def system(self, command: Sequence[str | Path]) -> None:
        _layer(self).run(command)


class OldJobNames:
    """Of jobs."""

    def getName(self) -> str:
        return _job(self).name

    def getPath(self) -> str | None:
        archive = _job(self).archive
        return str(archive) if archive else None

    def addLayer(self, layer: Layer) -> None:
        _job(self).add(layer)

    def getLayer(self, name: str) -> Layer:
        return _job(self).layer(name)

    def getLayers(self) -> list[Layer]:
        return list(_job(self).layers.values())

    def putData(self, key: str, value: object) -> None:
        _job(self).data.put(key, value)

    def getArchive(self) -> Store:
        return _job(self).data


def _layer(of: OldLayerNames) -> Layer:
    return cast("Layer", of)


def _job(of: OldJobNames) -> Job:
    return cast("Job", of)


def _named(name: str, parts: Sequence[Part]) -> Part:
    for part in parts:
        if part.name == name:
            return part
    raise LayerException(
        f"no input or output '{name}'; there are: {', '.join(part.name for part in parts) or 'none'}"
    )
