"""A job said in names and values instead of calls, as YAML and JSON hold it.

name: shot            # else the file's
range: 1-24
layers:
  - name: beauty
    module: povray    # a short name, or package.module:Class
    scene: shot.pov   # the other keys are the module's options
    output: out/shot.####.png
"""

from __future__ import annotations

from typing import Any, Final

from blueprint.job import JOB_NAME, Job, loading
from blueprint.options import Option, nearest, shown
from blueprint.place import Place, problem
from blueprint.plugins import find_module
from plow_client.errors import PlowError

_WORDS: Final[dict[str, Option[Any]]] = {
    "name": Option(str, None, "The job's name."),
    "range": Option(str, None, "The frames."),
    "project": Option(str, None, "Who pays."),
    "pools": Option(list[str], [], "Where its layers run that name no pool."),
    "wait_for": Option(list[str], [], "Other jobs, by name or id, that must be over first."),
    "env": Option(dict[str, str], {}, "Environment of all tasks."),
    "attrs": Option(dict[str, str], {}, "Notes on the job."),
}


class Table(dict[str, object]):
    """Names and values, and the lines where the table and each of its names stand (0: not known)."""

    def __init__(self, *words: Any, **values: Any) -> None:
        super().__init__(*words, **values)
        self.line = 0
        self.lines: dict[str, int] = {}

    def line_of(self, key: object) -> int:
        return self.lines.get(str(key), self.line)


def build(content: object, job: Job) -> None:
    """Fill the job."""
    table = _table(content, job, "the file")
    layers = table.pop("layers", [])
    for key, value in table.items():
        if key not in _WORDS:
            raise problem(
                Place(job.file, table.line_of(key)), f"no key '{key}'{nearest(str(key), [*_WORDS, 'layers'])}"
            )
        try:
            setattr(job, key, _WORDS[key].check(_as_text(value) if key == "range" else value, job.folder))
        except ValueError as error:
            raise problem(
                Place(job.file, table.line_of(key)), f"{key} = {shown(value)}: expected {error}"
            ) from None
    if not JOB_NAME.fullmatch(job.name):
        raise problem(Place(job.file, table.line), f"'{job.name}' is no job name")
    if not isinstance(layers, list):
        raise problem(Place(job.file, table.line), "layers is no list")
    with loading(job):
        for entry in layers:
            _build_layer(_table(entry, job, "a layer"), job)


def _build_layer(table: Table, job: Job) -> None:
    place = Place(job.file, table.line)
    name, module = table.pop("name", None), table.pop("module", None)
    if not isinstance(name, str) or not isinstance(module, str):
        raise problem(place, "a layer needs a name and a module")
    if "frame_range" in table:
        table["frame_range"] = _as_text(table["frame_range"])
    try:
        find_module(module)(name, **table).place = place
    except PlowError as error:
        why = error.why.removeprefix(f"{job.file}: ")
        raise problem(Place(job.file, _line_meant(why, table)), why) from error


def _line_meant(why: str, table: Table) -> int:
    """The line of the option that a sentence names, else that of its layer."""
    for key, line in table.lines.items():
        if f" {key} = " in why or f"no option '{key}'" in why or (key == "module" and "module '" in why):
            return line
    return table.line


def _as_text(value: object) -> object:
    """YAML reads the range 7 as a number."""
    return str(value) if type(value) is int else value


def _table(content: object, job: Job, what: str) -> Table:
    if not isinstance(content, Table):
        raise problem(Place(job.file), f"{what} is no table of names and values")
    return content
