"""Finds and parses IDL files: for tests and generators, and for programs that speak another IDL than ours."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

FILE_NAME = "plow.thrift"


def find() -> Path:
    """The one plow.thrift: inside the package once installed, one folder up in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package, package.parent):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    raise ImportError(f"no {FILE_NAME} in {package} or above it: the installation is not complete")


def load(path: Path, module_name: str) -> ModuleType:
    """Parse an IDL file; `module_name` ends in ``_thrift`` and names the result for good."""
    from thriftpy2.parser import load as parse  # half of what thriftpy2 weighs, and seldom needed

    module: ModuleType = parse(str(path), module_name=module_name)
    return module
