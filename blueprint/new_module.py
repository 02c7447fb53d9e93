"""Writes a module to begin with: a class with two options, and a blueprint that tries it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from plow_client.errors import AlreadyExists, Invalid

_MODULE: Final = '''\
"""NAME: say here what it does."""

from pathlib import Path

from blueprint import REQUIRED, Layer, Option, Output


class CLASS(Layer):
    """One sentence about it; `blueprint modules` shows this line."""

    per_frame = True  # one command for each frame; without it, one for each task

    output = Option(Path, REQUIRED, "What a frame is written to, with #### for its number.")
    size = Option(int, 64, "How many bytes.", minimum=1)

    def command(self, frames):
        (frame,) = frames
        (output,) = self.outputs()
        (file,) = output.files([frame])
        return ["dd", "if=/dev/zero", f"of={file}", f"bs={self.size}", "count=1"]

    def outputs(self):
        return [*super().outputs(), Output("picture", str(self.output))]
'''
_BLUEPRINT: Final = """\
# Tries the module beside it:  blueprint local NAME.bp 1-2
from NAME import CLASS

CLASS("first", output="out/NAME.####.bin")
"""


def write_module(file: Path) -> list[Path]:
    """Write the module and its blueprint; AlreadyExists rather than overwrite."""
    name = file.stem
    if file.suffix != ".py" or not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
        raise Invalid(f"'{file}': give a name of small letters, digits and _ that ends in .py")
    found = {file: _MODULE, file.with_suffix(".bp"): _BLUEPRINT}
    for path in found:
        if path.exists():
            raise AlreadyExists(f"'{path}' is there already")
    word = "".join(part.capitalize() for part in name.split("_"))
    for path, text in found.items():
        try:
            path.write_text(text.replace("CLASS", word).replace("NAME", name), encoding="utf-8")
        except OSError as error:
            raise Invalid(f"cannot write '{path}': {error.strerror}") from error
    return list(found)
