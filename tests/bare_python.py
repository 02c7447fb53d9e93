"""A Python that has nothing but plow_client and thriftpy2, without its compiled parts: what a DCC brings along."""

from __future__ import annotations

import importlib.util
import shutil
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
# thriftpy2 itself cannot be imported without these two; both are plain Python where they have to be.
NEEDED = ("thriftpy2", "ply", "ijson")


def fill(folder: Path, client: Path | None = None) -> Path:
    """Put plow_client, this checkout's or an installed one, and what it needs into a folder."""
    plain = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd", "*.pyx", "*.c")
    shutil.copytree(client or ROOT / "plow_client", folder / "plow_client", ignore=plain)
    if client is None:
        shutil.copyfile(ROOT / "plow.thrift", folder / "plow_client" / "plow.thrift")
    for name in NEEDED:
        found = importlib.util.find_spec(name)
        assert found is not None and found.origin is not None
        shutil.copytree(Path(found.origin).parent, folder / name, ignore=plain)
    return folder


def bare_python(folder: Path, client: Path | None = None) -> Path:
    """The program of a Python whose site-packages hold that and nothing else, not even pip."""
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    fill(site, client)
    return folder / "bin" / "python"
