"""A Python that tasks can run where they run as another account.

A node daemon that was started as root runs tasks as somebody else, who often cannot reach our interpreter
(an environment below /root is closed to others). Then a stand-alone copy is made once: the interpreter,
its library, what the client and blueprints need, and the commands `taskrun` and `plow`.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

from plow_client.account import Account, can_reach, can_run, find_account
from plow_client.errors import Invalid
from plow_client.places import running_as_root

OURS = ("plow_client", "blueprint")
EXTRAS = ("node", "demo", "split", "openjd")
COMMANDS = {"taskrun": "blueprint.runner", "plow": "plow_client.cli.main"}
KEPT = 2

_LEFT_OUT = shutil.ignore_patterns(
    "site-packages", "dist-packages", "test", "tests", "idlelib", "tkinter", "turtledemo", "lib2to3",
    "ensurepip", "pydoc_data", "config-*", "*.opt-1.pyc", "*.opt-2.pyc", "*.a",
)  # fmt: skip
_COMMAND = """#!/bin/sh
exec "$(dirname "$0")/python3" -c 'import sys; sys.argv[0] = "{name}"
from {module} import main
sys.exit(main())' "$@"
"""
_BESIDE = b"$ORIGIN/../lib"
_WITH_LIBRARY = """#!/bin/sh
here=$(dirname "$0")
LD_LIBRARY_PATH="$here/../lib${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}" exec "$here/{python}" "$@"
"""


def ensure_task_python(state_dir: Path, user: str) -> Path:
    """The folder with `python3`, `taskrun` and `plow` that this user can run; to be put into a task's PATH.

    Our own where that will do; else the copy below `state_dir`, made now (a second or two) if it is missing
    or not of our version. Safe when several processes do it at once.
    """
    own = Path(sys.executable).parent
    account = find_account(user) if running_as_root() else None
    if account is None or can_run(account, [sys.executable, "-I", "-c", _imports()]):
        return own
    home = state_dir.absolute() / "python"
    tree = home / _stamp()
    if not tree.exists():
        home.mkdir(parents=True, exist_ok=True)
        _build(tree, account)
        _forget_old(home, tree)
    if not can_reach(account, tree / "bin" / "python3"):
        raise Invalid(
            f"account '{user}' cannot reach '{state_dir}', where its Python would be; choose another folder"
        )
    return tree / "bin"


def _imports() -> str:
    wanted = [
        name
        for name in ("fileseq", "click", "thriftpy2", "PIL", "yaml", "OpenImageIO", "openjd")
        if importlib.util.find_spec(name)
    ]
    return f"import {', '.join([*OURS, *wanted])}"


def _build(tree: Path, account: Account) -> None:
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=tree.parent))
    try:
        _copy_interpreter(building, account)
        _copy_packages(building / "lib" / _version() / "site-packages")
        _link_as_debian_does(building / "lib")
        for name, module in COMMANDS.items():
            _write_program(building / "bin" / name, _COMMAND.format(name=name, module=module))
        _open_for_reading(building)
        building.rename(tree)
    except OSError:
        if not tree.exists():  # else somebody was faster, and that one is as good
            raise
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _copy_interpreter(tree: Path, account: Account) -> None:
    program = tree / "bin" / _version()
    program.parent.mkdir()
    shutil.copy2(Path(getattr(sys, "_base_executable", sys.executable)).resolve(), program)
    library = tree / "lib" / _version()
    shutil.copytree(sysconfig.get_path("stdlib"), library, symlinks=False, ignore=_LEFT_OUT)
    (library / "site-packages").mkdir(exist_ok=True)
    if sysconfig.get_config_var("Py_ENABLE_SHARED"):
        _bring_shared_library(tree, program, account)
    if not (tree / "bin" / "python3").exists():
        (tree / "bin" / "python3").symlink_to(_version())
    (tree / "bin" / "python").symlink_to("python3")


def _bring_shared_library(tree: Path, program: Path, account: Account) -> None:
    """Make the program look for libpython beside itself, unless everyone can reach it where it is.

    The search path inside the program is exchanged for a relative one. Where none is in it, a wrapper sets
    LD_LIBRARY_PATH: the second choice, because a renderer started from it would load our libpython too.
    """
    folder = Path(str(sysconfig.get_config_var("LIBDIR")))
    name = str(sysconfig.get_config_var("INSTSONAME"))
    if not (folder / name).is_file() or can_reach(account, folder):
        return
    shutil.copy2(folder / name, tree / "lib" / name)
    old, code = bytes(folder) + b"\0", program.read_bytes()
    if old in code and len(_BESIDE) < len(old):
        program.write_bytes(code.replace(old, _BESIDE.ljust(len(old), b"\0"), 1))
    else:
        _write_program(tree / "bin" / "python3", _WITH_LIBRARY.format(python=_version()))


def _link_as_debian_does(library: Path) -> None:
    """Debian's own Python looks for packages in python3/dist-packages, and nowhere else."""
    (library / "python3").mkdir()
    (library / "python3" / "dist-packages").symlink_to(f"../{_version()}/site-packages")


def _copy_packages(target: Path) -> None:
    for distribution in _distributions("plow", EXTRAS):
        for file in distribution.files or []:
            source = Path(str(distribution.locate_file(file)))
            if ".." in file.parts or not source.is_file():
                continue
            if distribution.name == "plow" and not file.parts[0].endswith(".dist-info"):
                continue  # our packages are copied below, however they were installed
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / file)
    for name in OURS:
        shutil.copytree(_folder(name), target / name, dirs_exist_ok=True)
    idl = _folder("plow_client").parent / "plow.thrift"
    if idl.is_file():
        shutil.copy2(idl, target / "plow_client" / idl.name)


def _distributions(name: str, extras: tuple[str, ...]) -> list[Distribution]:
    """A distribution and all that it needs; what is not installed (optional, other systems) is left out."""
    found: dict[str, Distribution] = {}
    waiting = [(name, extras)]
    while waiting:
        name, extras = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found[key] = distribution
        waiting += [(needed, ()) for needed in _needs(distribution, extras)]
    return list(found.values())


def _needs(distribution: Distribution, extras: tuple[str, ...]) -> Iterator[str]:
    for requirement in distribution.requires or []:
        text, _, marker = requirement.partition(";")
        extra = re.search(r"extra\s*==\s*['\"]([\w-]+)['\"]", marker)
        named = re.match(r"[\w.-]+", text.strip())
        if named and (extra is None or extra[1] in extras):
            yield named[0]


def _stamp() -> str:
    """Changes with the interpreter, with the version of any package, with any of our files."""
    told = [sys.version, sys.base_prefix]
    told += sorted(f"{found.name} {found.version}" for found in _distributions("plow", EXTRAS))
    for name in OURS:
        for file in sorted(_folder(name).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                told.append(f"{file} {file.stat().st_mtime_ns} {file.stat().st_size}")
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.origin:
        raise Invalid(f"package '{package}' is not installed")
    return Path(spec.origin).parent


def _version() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _write_program(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o755)


def _open_for_reading(tree: Path) -> None:
    """Copies keep the permissions of what may have been closed to others; ours are for everyone."""
    tree.chmod(0o755)
    for folder, folders, files in os.walk(tree):
        for name in folders:
            os.chmod(os.path.join(folder, name), 0o755)
        for name in files:
            path = os.path.join(folder, name)
            mode = os.stat(path).st_mode
            os.chmod(path, 0o755 if mode & 0o100 else 0o644)


def _forget_old(home: Path, current: Path) -> None:
    """Keep the one before: a task may still run on it."""
    trees = [tree for tree in home.iterdir() if not tree.name.startswith(".") and tree != current]
    trees.sort(key=lambda tree: tree.stat().st_mtime, reverse=True)
    for tree in trees[KEPT - 1 :]:
        shutil.rmtree(tree, ignore_errors=True)
