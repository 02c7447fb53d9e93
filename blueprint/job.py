"""A job: layers in the order they were written, and what the whole of it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from blueprint import hooks
from blueprint.depend import find_cycle
from blueprint.names_2012 import OldJobNames
from blueprint.options import nearest, unknown
from blueprint.place import Place, problem
from blueprint.store import NoDataYet, Store
from plow_client.convert import convert
from plow_client.errors import AlreadyExists, Invalid

if TYPE_CHECKING:
    from blueprint.layer import Layer

Value = TypeVar("Value")
JOB_NAME: Final = re.compile(r"[A-Za-z0-9_.:@+=-]{1,255}")
LAYER_NAME: Final = re.compile(r"(?!\.+$)[A-Za-z0-9_.-]{1,255}")

_loading: ContextVar[Job | None] = ContextVar("the job being loaded", default=None)


class Job(OldJobNames):
    """Layers by name. While a blueprint is being loaded, each layer made adds itself to its job."""

    def __init__(
        self,
        name: str,
        *,
        params: Mapping[str, str] | None = None,
        script: Path | None = None,
        folder: Path | None = None,
        file: str = "",
    ) -> None:
        if not JOB_NAME.fullmatch(name):
            raise problem(Place(file), f"'{name}' is no job name: use letters, digits and _ . : @ + = -")
        self.name = name
        self.params = dict(params or {})
        self.script = script
        self.folder = folder or (script.parent if script else Path.cwd())
        self.file = file
        self.archive: Path | None = None
        self.range: str | None = None
        self.project: str | None = None
        self.pools: list[str] = []
        self.wait_for: list[str] = []  # other jobs, by name or id, that must be over first
        self.env: dict[str, str] = {}
        self.attrs: dict[str, str] = {}
        self.layers: dict[str, Layer] = {}
        self._asked: set[str] = set()

    def add(self, layer: Layer) -> None:
        """Take a layer in. AlreadyExists when its name is taken, by a layer, a task or a group."""
        other = self.layers.get(layer.name)
        if other is not None:
            text = f"layer '{layer.name}' is there already, from {other.place}"
            raise AlreadyExists(f"{layer.place}: {text}" if layer.place.file else text)
        layer.job = self
        self.layers[layer.name] = layer

    def layer(self, name: str) -> Layer:
        """A layer or task by name; Invalid names the nearest one."""
        if name not in self.layers:
            raise unknown(name, "layer", self.layers)
        return self.layers[name]

    def groups(self) -> dict[str, list[Layer]]:
        """What the farm sees as one layer: a layer alone, or the tasks of one group, in their order."""
        found: dict[str, list[Layer]] = {}
        for layer in self.layers.values():
            found.setdefault(layer.farm_layer, []).append(layer)
        return found

    def param(self, key: str, default: Value) -> Value:
        """What ``--set key=value`` said, as the type of the default."""
        self._asked.add(key)
        if key not in self.params:
            return default
        try:
            value: Value = convert(type(default) if default is not None else str, self.params[key])  # type: ignore[assignment]
        except ValueError as error:
            raise Invalid(f"--set {key}={self.params[key]}: expected {error}") from None
        return value

    def setup(self) -> None:
        """Let each layer prepare itself, those too that a setup adds; once, before the job is launched."""
        done: set[str] = set()
        with loading(self):
            while waiting := [layer for name, layer in self.layers.items() if name not in done]:
                for layer in waiting:
                    done.add(layer.name)
                    with layer.blamed("setup"):
                        layer.setup()
                        hooks.tell("setup", layer)

    @property
    def data(self) -> Store:
        """Values and files for all of the job's layers, in its archive."""
        if self.archive is None:
            raise NoDataYet(f"job '{self.name}' has no data before it is submitted")
        return Store(self.archive / "data")

    def check(self) -> None:
        """Whether the parts fit together; what only one layer knows was checked when it was made."""
        place = Place(self.file)
        for key in self.params:
            if key not in self._asked:
                near = nearest(key, self._asked)
                raise problem(place, f"--set {key}=...: the blueprint asks for no '{key}'{near}")
        if not self.layers:
            raise problem(place, f"job '{self.name}' has no layers")
        self._check_groups()
        edges = {name: self._waits_for(layer) for name, layer in self.layers.items()}
        ring = find_cycle(edges)
        if ring:
            raise problem(self.layers[ring[0]].place, "layers wait for one another: " + " -> ".join(ring))

    def _check_groups(self) -> None:
        for group, members in self.groups().items():
            first = members[0]
            for member in members:
                if group in self.layers and member.name != group:
                    raise member.problem(f"its group '{group}' has the name of a layer")
                if member.farm_settings() != first.farm_settings():
                    raise member.problem(f"asks the farm for other than the rest of group '{group}'")

    def _waits_for(self, layer: Layer) -> list[str]:
        groups, names = self.groups(), []
        for depend in layer.depends():
            members = [self.layers[depend.on]] if depend.on in self.layers else groups.get(depend.on)
            if not members:
                near = nearest(depend.on, [*self.layers, *groups])
                raise layer.problem(f"depends on '{depend.on}', which is no layer{near}")
            for member in members:
                if member.post != layer.post:
                    raise layer.problem(f"cannot depend on '{member.name}': only one of them is a post layer")
                names.append(member.name)
        return names


def this_job() -> Job:
    """The job being loaded; a blueprint sets its range, project, pools, wait_for, env and attrs here."""
    job = _loading.get()
    if job is None:
        raise Invalid("no blueprint is being loaded here")
    return job


def current_job() -> Job | None:
    """The job being loaded, or None outside a blueprint."""
    return _loading.get()


def param(key: str, default: Value) -> Value:
    """What ``--set key=value`` said, as the type of the default; the default if it said nothing."""
    job = _loading.get()
    return default if job is None else job.param(key, default)


@contextmanager
def loading(job: Job) -> Iterator[Job]:
    """While this lasts, layers that are made belong to `job`."""
    token = _loading.set(job)
    try:
        yield job
    finally:
        _loading.reset(token)
