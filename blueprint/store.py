"""What the parts of a job tell each other: values and files of one layer, or of the whole job, in its archive.

Values are kept as JSON, so that reading them runs nothing. Setup and tasks may run as different people, so
everyone may add to the folder; nobody may take away what is another's.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from pathlib import Path
from typing import Final

from plow_client.errors import Invalid, NotFound

_NAME: Final = re.compile(r"(?!\.+$)[A-Za-z0-9_.-]{1,200}")
_OPEN: Final = 0o1777


class NoDataYet(Invalid):
    """Data is asked for before there is an archive that keeps it."""


class Store:
    """A folder with values and files by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        """Make the folder, open to whoever the tasks run as."""
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(_OPEN)

    def put(self, name: str, value: object) -> None:
        """Keep a value of texts, numbers, true and false, lists and tables; one of the same name is replaced."""
        try:
            text = json.dumps(value, indent=1)
        except (TypeError, ValueError) as error:
            raise Invalid(f"data '{name}' cannot be kept: {error}") from error
        self._write(_checked(name) + ".json", text.encode())

    def get(self, name: str, default: object = None) -> object:
        """A value that was kept, or the default."""
        file = self.folder / f"{_checked(name)}.json"
        try:
            return json.loads(file.read_bytes())
        except FileNotFoundError:
            return default
        except (OSError, ValueError) as error:
            raise Invalid(f"data '{name}' cannot be read from '{file}': {error}") from error

    def put_file(self, name: str, source: Path) -> Path:
        """Keep a copy of a file; where it is now."""
        try:
            return self._write(_checked(name), source.read_bytes())
        except FileNotFoundError:
            raise NotFound(f"no file '{source}'") from None

    def get_file(self, name: str) -> Path:
        """A file that was kept."""
        file = self.folder / _checked(name)
        if not file.is_file():
            raise NotFound(f"no file '{name}' in '{self.folder}'")
        return file

    def _write(self, name: str, content: bytes) -> Path:
        """Whoever reads sees the old content or the new, never half of one."""
        self.make()
        target = self.folder / name
        draft = self.folder / f".{name}.{secrets.token_hex(4)}"
        try:
            draft.write_bytes(content)
            draft.chmod(0o644)
            os.replace(draft, target)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise Invalid(f"cannot write '{target}': {error.strerror}") from error
        return target


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Invalid(f"'{name}' is no name for data: use letters, digits and _ . -")
    return name
