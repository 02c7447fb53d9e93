"""Executes a blueprint script for a job, and turns whatever goes wrong into one line that points at it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from blueprint import modules
from blueprint.job import Job, loading
from blueprint.options import nearest
from blueprint.place import Place, line_of_error, problem
from blueprint.plugins import OURS
from plow_client.errors import PlowError

MODULE: Final = "__blueprint__"


def execute(source: Path, job: Job, written_as: Path | None = None) -> Job:
    """Run the script; the layers that it makes go to `job`.

    `written_as` is the original when `source` is a copy: ``__file__`` and the job's lines stay those of the original.
    """
    place = Place(job.file)
    try:
        text = source.read_bytes()
    except OSError as error:
        raise problem(place, f"cannot be read: {error.strerror}") from error
    names = {"__name__": MODULE, "__file__": str(written_as or source), "__builtins__": __builtins__}
    with loading(job), beside(job.folder):
        try:
            exec(compile(text, job.file, "exec", dont_inherit=True), names)
        except SyntaxError as error:
            line = error.lineno or 0 if error.filename == job.file else line_of_error(error, job.file)
            raise problem(Place(job.file, line), f"{error.msg}") from error
        except PlowError as error:
            raise _with_place(error, job.file) from error
        except ModuleNotFoundError as error:
            place = Place(job.file, line_of_error(error, job.file))
            raise problem(place, f"no Python module '{error.name}'{_ours(error.name or '')}") from error
        except Exception as error:
            place = Place(job.file, line_of_error(error, job.file))
            raise problem(place, f"{type(error).__name__}: {error}") from error
    return job


@contextmanager
def beside(folder: Path) -> Iterator[None]:
    """While this lasts, Python modules that lie beside the blueprint are found, after those that are installed."""
    sys.path.append(str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _ours(name: str) -> str:
    """Which there are, where one of ours was meant."""
    package, _, word = name.rpartition(".")
    if package != modules.__name__:
        return ""
    there = sorted({path.partition(":")[0].rpartition(".")[2] for path in OURS.values()})
    return nearest(word, there) or f"; there are: {', '.join(there)}"


def _with_place(error: PlowError, file: str) -> PlowError:
    """Errors of layers say where they are; those of the client do not."""
    if error.why.startswith(file):
        return error
    return problem(Place(file, line_of_error(error, file)), error.why)
