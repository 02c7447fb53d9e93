"""A file on disk → a job: a ``.bp`` script; or ``.yaml``, ``.json``: the same said plainly, or a template of OpenJD."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from blueprint import plain, script
from blueprint.job import Job
from blueprint.lines import read_json
from blueprint.openjd import template
from blueprint.place import Place, problem
from plow_client.errors import Invalid


def load(path: str | Path, *, name: str | None = None, params: Mapping[str, str] | None = None) -> Job:
    """Read and check a blueprint. The job is called as the file is, up to its first dot, unless named."""
    file, shown = Path(path).absolute(), str(path)
    if not file.is_file():
        raise Invalid(f"no blueprint '{shown}'")
    if file.suffix not in _READERS:
        raise Invalid(f"'{shown}' is no blueprint: expected one of {', '.join(_READERS)}")
    job = _job(name or file.name.split(".")[0], bool(name), params=params, script=file, file=shown)
    try:
        _READERS[file.suffix](file, job)
    except RecursionError:
        raise problem(Place(shown), "goes too deep: something in it stands within itself") from None
    if name:
        job.name = name
    job.check()
    return job


def _job(name: str, chosen: bool, **rest: Any) -> Job:
    try:
        return Job(name, **rest)
    except Invalid as error:
        if chosen:
            raise
        raise Invalid(f"{error.why}; or name the job with --name") from error


def _read_script(file: Path, job: Job) -> None:
    script.execute(file, job)


def _read_json(file: Path, job: Job) -> None:
    try:
        content = read_json(_text(file, job))
    except json.JSONDecodeError as error:
        raise problem(Place(job.file, error.lineno), f"not valid JSON: {error.msg}") from error
    _build(content, job)


def _read_yaml(file: Path, job: Job) -> None:
    try:
        import yaml
    except ImportError:
        raise problem(Place(job.file), "reading YAML needs PyYAML: pip install 'plow[blueprint]'") from None

    class Loader(yaml.SafeLoader):
        """Builds nothing but plain values; each table knows its line."""

    def table(loader: Any, node: Any) -> plain.Table:
        own = [str(key.value) for key, _ in node.value]
        if len(set(own)) < len(own):
            raise yaml.MarkedYAMLError(problem="a name is there twice", problem_mark=node.start_mark)
        found = plain.Table(loader.construct_mapping(node, deep=True))
        found.line = node.start_mark.line + 1
        found.lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
        return found

    Loader.add_constructor("tag:yaml.org,2002:map", table)
    try:
        content = yaml.load(_text(file, job), Loader)  # derived from SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise problem(Place(job.file, line), f"not valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise problem(Place(job.file), f"not valid YAML: {str(error).splitlines()[0]}") from error
    _build(content, job)


def _build(content: object, job: Job) -> None:
    """A job in our words, or a template of Open Job Description."""
    if isinstance(content, dict) and template.is_template(content):
        template.build(content, job)
    else:
        plain.build(content, job)


def _text(file: Path, job: Job) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise problem(Place(job.file), "is not UTF-8 text") from error
    except OSError as error:
        raise problem(Place(job.file), f"cannot be read: {error.strerror}") from error


_READERS: Final[dict[str, Callable[[Path, Job], None]]] = {
    ".bp": _read_script,
    ".yaml": _read_yaml,
    ".yml": _read_yaml,
    ".json": _read_json,
}
