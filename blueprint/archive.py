"""The folder that a submitted job leaves for its tasks: what it is, as plain JSON, and a copy of its script.

job.json      names, options, frames: read by every task, never executed
shot.bp       the blueprint as it was submitted; executed only for layers whose class it defines itself
launched.json the job's id, once the farm has taken it
data, layers  what setup and tasks leave for one another: values as JSON, and files
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from blueprint import script
from blueprint.job import Job
from blueprint.layer import Layer
from blueprint.options import unknown
from blueprint.output import Input, Output
from blueprint.plugins import find_module, module_path
from blueprint.store import Store
from blueprint.task import FOUND_OUTPUTS, SetupTask
from plow_client.errors import Invalid
from plow_client.places import state_dir

FORMAT: Final = 2
JOB_FILE: Final = "job.json"
ROOT_VARIABLE: Final = "PLOW_ARCHIVE_ROOT"


def default_root(environ: Mapping[str, str] = os.environ) -> Path:
    """Where archives go when nobody says: a place that all nodes must see under the same name."""
    return Path(environ.get(ROOT_VARIABLE) or state_dir() / "archive")


def new_path(root: Path, job: Job) -> Path:
    """A folder of its own for one submission; not made yet."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    return root.absolute() / f"{job.name}-{stamp}-{secrets.token_hex(3)}"


def describe(job: Job, frames: str | None) -> bytes:
    """What goes into job.json."""
    return json.dumps(_as_plain(job, frames), indent=1).encode()


def opening(runner: Sequence[str], path: Path, job: Job, frames: str | None) -> list[str]:
    """The words that open an archive on the node: the folder, and the checksum of what was submitted.

    The farm keeps the command, so whoever can write to the folder still cannot have other code run.
    """
    return [*runner, str(path), "--sum", checksum(describe(job, frames))]


def checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def open_new(path: Path) -> None:
    """Make the folder of a new archive, for what a setup leaves in it."""
    try:
        _make_folder(path)
        for part in ("data", "layers"):
            Store(path / part).make()
    except OSError as error:
        raise Invalid(f"cannot write the archive '{path}': {error.strerror}") from error


def write(path: Path, job: Job, frames: str | None) -> None:
    """Fill the archive, readable by whomever the tasks run as; make it where no setup has."""
    if not path.is_dir():
        open_new(path)
    try:
        if job.script is not None:
            _put(path / job.script.name, job.script.read_bytes())
        _put(path / JOB_FILE, describe(job, frames))
    except OSError as error:
        raise Invalid(f"cannot write the archive '{path}': {error.strerror}") from error


def note_launch(path: Path, job_id: str) -> None:
    """Keep the id that the farm gave."""
    _put(path / "launched.json", json.dumps({"jobId": job_id}).encode())


def launched_id(path: Path) -> str | None:
    """The id that the farm gave, or None before the launch."""
    try:
        content = json.loads((path / "launched.json").read_bytes())
    except FileNotFoundError:
        return None
    return str(content["jobId"])


def load_layer(path: Path, name: str, submitted: str | None = None) -> Layer:
    """One layer or task as it was submitted.

    `submitted` is the checksum that the farm's command carries. Only with it the script runs, where it defines the
    layer's class, and modules are imported that are neither ours nor offered by an installed package.
    """
    content = _read(path, submitted)
    try:
        return _layer(path, content, name, trusted=submitted is not None)
    except (KeyError, TypeError, AttributeError) as error:
        raise Invalid(f"archive '{path}' is damaged: {type(error).__name__} {error}") from error


def _layer(path: Path, content: Mapping[str, Any], name: str, trusted: bool) -> Layer:
    for entry in content["layers"]:
        if entry["name"] == name:
            break
    else:
        raise unknown(name, f"layer of '{path}'", [entry["name"] for entry in content["layers"]])
    if entry["module"].startswith(f"{script.MODULE}:"):
        return _from_script(path, content, trusted).layer(name)
    layer = restored(_class(content, entry["module"], trusted), name, entry["options"])
    layer.archive, layer.home = path, Path(content["folder"])
    layer.inputs = [Input(**part) for part in entry["inputs"]]
    layer.added_outputs = [Output(**part) for part in entry["outputs"]]
    _add_found_outputs(layer)
    if isinstance(layer, SetupTask):
        layer.target = _layer(path, content, layer.of, trusted)
    return layer


def _class(content: Mapping[str, Any], module: str, trusted: bool) -> type[Layer]:
    """A module may lie beside the blueprint; what only a file of data says is not looked for there."""
    if not trusted:
        return find_module(module)
    with script.beside(Path(content["folder"])):
        return find_module(module, trusted=True)


def restored(cls: type[Layer], name: str, options: Mapping[str, object]) -> Layer:
    """A layer that was complete already: ``after_init`` was called before it was stored."""
    layer: Layer = type.__call__(cls, name, **options)
    return layer


def _add_found_outputs(layer: Layer) -> None:
    """Outputs that a setup task has found since the launch."""
    known = {output.path for output in layer.added_outputs}
    found = layer.data.get(FOUND_OUTPUTS, [])
    if not isinstance(found, list):
        raise TypeError("outputs are no list")
    layer.added_outputs += [Output(**part) for part in found if part["path"] not in known]


def _from_script(path: Path, content: Mapping[str, Any], trusted: bool) -> Job:
    if not trusted:
        raise Invalid(f"archive '{path}': its script runs only with --sum, as the farm's command has it")
    name = content["script"]
    if Path(name).name != name or checksum((path / name).read_bytes()) != content["script_sum"]:
        raise Invalid(f"archive '{path}': '{name}' was changed after the job was submitted")
    original = Path(content["folder"]) / name
    job = Job(content["name"], params=content["params"], script=original, file=content["file"])
    job.archive = path
    script.execute(path / name, job, written_as=original)
    for layer in job.layers.values():
        _add_found_outputs(layer)
    return job


def _as_plain(job: Job, frames: str | None) -> dict[str, object]:
    return {
        "format": FORMAT,
        "name": job.name,
        "range": frames or job.range,
        "folder": str(job.folder),
        "file": job.file,
        "script": job.script.name if job.script else None,
        "script_sum": checksum(job.script.read_bytes()) if job.script else None,
        "params": job.params,
        "layers": [_layer_as_plain(layer) for layer in job.layers.values()],
    }


def _layer_as_plain(layer: Layer) -> dict[str, object]:
    return {
        "name": layer.name,
        "module": module_path(type(layer)),
        "options": {name: _option_as_plain(value) for name, value in layer.chosen().items()},
        "inputs": [asdict(part) for part in layer.inputs],
        "outputs": [asdict(part) for part in layer.added_outputs],
    }


def _option_as_plain(value: object) -> object:
    if isinstance(value, list):
        return [_option_as_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _read(path: Path, submitted: str | None) -> dict[str, Any]:
    try:
        text = (path / JOB_FILE).read_bytes()
        content = json.loads(text)
    except OSError as error:
        raise Invalid(f"no archive '{path}': {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise Invalid(f"archive '{path}' is damaged: {error}") from error
    if submitted is not None and checksum(text) != submitted:
        raise Invalid(f"archive '{path}' was changed after the job was submitted")
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Invalid(f"archive '{path}' is of another version of Plow")
    return content


def _make_folder(path: Path) -> None:
    """Make a folder and what is missing above it; what is there already keeps its rights."""
    if not path.parent.is_dir():
        _make_folder(path.parent)
    path.mkdir()
    path.chmod(0o755)


def _put(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    file.chmod(0o644)
