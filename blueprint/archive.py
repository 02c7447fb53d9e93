"""The folder that a submitted job leaves for its tasks: what it is, as plain JSON, and a copy of its script.

job.json      names, options, frames: read by every task, never executed
shot.bp       the blueprint as it was submitted; executed only for layers whose class it defines itself
launched.json the job's id, once the farm has taken it
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from blueprint import script
from blueprint.job import Job
from blueprint.layer import Layer
from blueprint.options import unknown
from blueprint.output import Input, Output
from blueprint.plugins import find_module, module_path
from plow_client.errors import Invalid
from plow_client.places import state_dir

FORMAT: Final = 1
ROOT_VARIABLE: Final = "PLOW_ARCHIVE_ROOT"


def default_root(environ: Mapping[str, str] = os.environ) -> Path:
    """Where archives go when nobody says: a place that all nodes must see under the same name."""
    return Path(environ.get(ROOT_VARIABLE) or state_dir() / "archive")


def new_path(root: Path, job: Job) -> Path:
    """A folder of its own for one submission; not made yet."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    return root.absolute() / f"{job.name}-{stamp}-{secrets.token_hex(3)}"


def write(path: Path, job: Job, frames: str | None) -> None:
    """Make the archive, readable by whomever the tasks run as."""
    try:
        _make_folder(path)
        if job.script is not None:
            _put(path / job.script.name, job.script.read_bytes())
        _put(path / "job.json", json.dumps(_as_plain(job, frames), indent=1).encode())
    except OSError as error:
        raise Invalid(f"cannot write the archive '{path}': {error.strerror}") from error


def note_launch(path: Path, job_id: str) -> None:
    """Keep the id that the farm gave."""
    _put(path / "launched.json", json.dumps({"jobId": job_id}).encode())


def load_layer(path: Path, name: str) -> Layer:
    """One layer or task as it was submitted. Code runs only where the script defines the layer's class."""
    content = _read(path)
    for entry in content["layers"]:
        if entry["name"] == name:
            break
    else:
        raise unknown(name, f"layer of '{path}'", [entry["name"] for entry in content["layers"]])
    if entry["module"].startswith(f"{script.MODULE}:"):
        return _from_script(path, content).layer(name)
    layer = find_module(entry["module"])(name, **entry["options"])
    layer.inputs = [Input(**part) for part in entry["inputs"]]
    layer.added_outputs = [Output(**part) for part in entry["outputs"]]
    return layer


def _from_script(path: Path, content: Mapping[str, Any]) -> Job:
    original = Path(content["folder"]) / content["script"]
    job = Job(content["name"], params=content["params"], script=original, file=content["file"])
    return script.execute(path / content["script"], job, written_as=original)


def _as_plain(job: Job, frames: str | None) -> dict[str, object]:
    return {
        "format": FORMAT,
        "name": job.name,
        "range": frames or job.range,
        "folder": str(job.folder),
        "file": job.file,
        "script": job.script.name if job.script else None,
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


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads((path / "job.json").read_bytes())
    except OSError as error:
        raise Invalid(f"no archive '{path}': {error.strerror}") from error
    except ValueError as error:
        raise Invalid(f"archive '{path}' is damaged: {error}") from error
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
