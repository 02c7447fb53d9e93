"""What the modules for programs have in common: who reads their output, what they write, how frames are told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from blueprint.layer import Command, Frames, Layer
from blueprint.options import Option
from blueprint.output import Output, frame_path, has_frame
from plow_client.frames import frame_runs


class Program(Layer):
    """A layer that starts a program. Its option ``output``, if it has one, says what a frame is written to.

    The node reads the output of the program by the rules of that name (docs/guide/logs.md), unless the
    blueprint names others in ``log_rules`` or leaves it to a ``service``.
    """

    rules: ClassVar[Sequence[str]] = ()
    scenes: ClassVar[Sequence[str]] = ("scene",)  # options with a file that has to be there before the launch
    framed: ClassVar[Sequence[str]] = (
        "output",
    )  # options whose file name needs a place for the frame number

    args = Option(list[str], [], "More arguments, for what no option stands for.")

    def __init__(self, name: str, **options: object) -> None:
        super().__init__(name, **options)
        if self.rules and self.log_rules is None and self.service is None:
            self.log_rules = list(self.rules)
        for option in self.framed:
            if self.values.get(option) is not None:
                self.need_frame_number(option)

    def setup(self) -> None:
        super().setup()
        for option in self.scenes:
            path = self.values.get(option)
            if path is not None and not has_frame(str(path)):
                self.need_file(option)

    def outputs(self) -> list[Output]:
        path = self.values.get("output")
        return [*super().outputs(), *([Output("picture", str(path))] if path else [])]


class StepProgram(Program):
    """For a program that takes a first frame, a last one and a step: one command for each run of even step."""

    def commands(self, frames: Frames) -> list[Command]:
        return [self.command(range(first, last + 1, step)) for first, last, step in frame_runs(frames)]


def given(word: str, value: object) -> list[str]:
    """``--word value`` as two arguments, or nothing where there is no value."""
    return [] if value is None else [word, str(value)]


def switch(word: str, on: bool) -> list[str]:
    """``--word``, or nothing."""
    return [word] if on else []


def input_path(path: Path, frame: int) -> Path:
    """The file that a frame is read from: one for each frame, or one for all."""
    return frame_path(path, frame) if has_frame(path) else path
