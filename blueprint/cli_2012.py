"""The programs of 2012 with the words of then: ``bluerun`` launches a blueprint, ``qconvert`` converts pictures."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import click

from blueprint.cli import with_options
from blueprint.job import Job, loading
from blueprint.layer import Layer
from blueprint.loader import load
from blueprint.modules.oiio import Iconvert
from blueprint.options import Option, declared
from blueprint.program import run_program
from blueprint.submission import Wish, carry_out
from plow_client import current, logs

_HELP: Final = {"help_option_names": ["-h", "-help", "--help"]}
_COMMON: Final[Sequence[Callable[[Any], Any]]] = (
    click.option("-verbose", "--verbose", is_flag=True, help="Show what happens."),
    click.option("-debug", "--debug", is_flag=True, help="Show the small steps too."),
    click.option("-server", "--server", metavar="HOST[:PORT]", help="The farm."),
    click.option("-backend", "--backend", help="plow (or plowrun): the farm; local: this machine."),
    click.option("-pause", "--pause", is_flag=True, help="Launch the job paused."),
    click.option("-pretend", "--pretend", is_flag=True, help="Show what would run; launch nothing."),
)
# The letters and spellings that the converter has, where our option is a word.
_CONVERTER_WORDS: Final = {"type": "--d", "gamma": "--g", "srgb": "--sRGB"}
_NOT_OFFERED: Final = {"images", "output", "program"}


@click.command(context_settings=_HELP)
@click.argument("script")
@click.argument("frame_range", required=False)
@click.option("-job-name", "--job-name", "job_name", help="Call the job this.")
@with_options(_COMMON)
def bluerun(script: str, frame_range: str | None, job_name: str | None, **common: Any) -> int:
    """Launch the job that a blueprint describes; plow submit is its name of today."""
    _start(common)
    return carry_out(load(script, name=job_name), _wish(frame_range, common))


def _converter_options() -> Sequence[Callable[[Any], Any]]:
    """The options of the Iconvert layer, as words of a command line."""
    common = declared(Layer)
    offered = {
        name: option
        for name, option in declared(Iconvert).items()
        if name not in _NOT_OFFERED and (name not in common or name == "threads")
    }
    return [_converter_option(name, option) for name, option in offered.items()]


def _converter_option(name: str, option: Option[Any]) -> Callable[[Any], Any]:
    words = [name, "--" + name.replace("_", "-")]
    if "_" in name:
        words.append("--" + name)
    if name in _CONVERTER_WORDS:
        words.append(_CONVERTER_WORDS[name])
    if option.kind is bool:
        return click.option(*words, is_flag=True, help=option.doc)
    if option.kind in (list[str], dict[str, str], list[int]):
        kind: Any = int if option.kind == list[int] else str
        return click.option(*words, type=kind, multiple=True, help=option.doc + " May be repeated.")
    return click.option(*words, type=option.kind, help=option.doc)


@click.command(context_settings=_HELP)
@click.option("-i", "images", required=True, help="Pictures to read, e.g. in.%04d.exr or in.####.exr.")
@click.option("-o", "output", help="Pictures to write; unset only with --inplace.")
@click.option("-r", "--range", "frames", required=True, help="Frames, e.g. 1-10.")
@click.option("-b", "--batch", type=click.IntRange(1), default=5, show_default=True, help="Frames in a task.")
@click.option("-job-name", "--job-name", "--jobname", "job_name", help="Call the job this.")
@with_options(_COMMON)
@with_options(_converter_options())
def qconvert(
    images: str, output: str | None, frames: str, batch: int, job_name: str | None, **words: Any
) -> int:
    """Convert pictures on the farm, some frames in each task."""
    _start(words)
    job = Job(job_name or "qconvert-" + _name_of(output or images))
    common = {"verbose", "debug", "server", "backend", "pause", "pretend"}
    chosen = {name: _value(name, value) for name, value in words.items() if name not in common}
    with loading(job):
        Iconvert(
            "convert",
            images=Path(images),
            chunk=batch,
            **({"output": Path(output)} if output else {}),
            **{name: value for name, value in chosen.items() if value not in (None, False, [], {})},
        )
    job.check()
    return carry_out(job, _wish(frames, words))


def _value(name: str, value: Any) -> object:
    if isinstance(value, tuple):
        if declared(Iconvert)[name].kind == dict[str, str]:
            pairs = [text.partition("=") for text in value]
            for text, (_, equals, _) in zip(value, pairs, strict=True):
                if not equals:
                    raise click.BadParameter(f"'{text}': expected name=value", param_hint=f"--{name}")
            return {key: rest for key, _, rest in pairs}
        return list(value)
    return value


def _name_of(path: str) -> str:
    """A file name up to its first dot, with nothing that a job name cannot have."""
    return "".join(
        sign if sign.isalnum() and sign.isascii() else "_" for sign in Path(path).name.split(".")[0]
    )


def _start(common: dict[str, Any]) -> None:
    logs.set_up(debug=common["debug"])
    if not (common["verbose"] or common["debug"]):
        logging.getLogger().setLevel(logging.WARNING)
    if common["server"] is not None:
        current.connect(common["server"])


def _wish(frames: str | None, common: dict[str, Any]) -> Wish:
    return Wish(
        frames,
        os.environ.get("PLOW_PROJECT"),
        backend=common["backend"],
        paused=common["pause"],
        pretend=common["pretend"],
    )


def main_bluerun() -> None:
    """Entry point."""
    sys.exit(run_program(bluerun, "bluerun"))


def main_qconvert() -> None:
    """Entry point."""
    sys.exit(run_program(qconvert, "qconvert"))
