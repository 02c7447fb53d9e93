#!/usr/bin/env python3
"""The two commands of a newcomer, `python3 run.py demo` and `python3 run.py test`, and some for every day.

Standard library only. Makes `.venv` beside this file, installs Plow into it and goes on inside.
Safe to repeat: a stamp in `.venv` tells what is installed.
"""

from __future__ import annotations

import configparser
import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "plow-stamp.json"
LOG = VENV / "plow-install.log"
OLDEST = (3, 10)

FARM = ("server", "node", "demo", "embedded", "top")
KEPT = (*FARM, "split", "openjd")  # a farm to work with does all that the guides say
WINDOW = ("gui",)
DEV = ("dev",)

USAGE = """usage: python3 run.py COMMAND [ARGUMENTS]

  demo      a farm on this machine renders a small film: database, server, two nodes, and all stopped again
  up        the same farm, kept running until Ctrl-C
  wrangler  the window: jobs, tasks, nodes and logs of a farm that runs
  test      every test; installs what they need where it can        (--no-apt: leave the system as it is)
  check     format, lint, types, imports and unit tests, in under 30 s
  bench     the benchmarks, or those named
  chaos     only the stories in which something is killed or cut

Arguments go to the program behind the command: `run.py demo --help`, `run.py test -k wire`."""

QT_LIBRARIES = ["libgl1", "libegl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1", "libglib2.0-0"]
NO_NETWORK = re.compile(
    r"Temporary failure in name resolution|Failed to establish a new connection|Network is unreachable|dns error"
    r"|Could not resolve|error sending request|Connection refused|timed out|Name or service not known"
    r"|\(from versions: none\)",
    re.IGNORECASE,
)


class Refused(Exception):
    """Cannot go on; the text is the one line that the person reads."""


def main(arguments: list[str]) -> int:
    """Carry out one command; its exit status."""
    commands = {
        "demo": demo,
        "up": up,
        "wrangler": wrangler,
        "test": test,
        "check": check,
        "bench": bench,
        "chaos": chaos,
    }
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(USAGE)
        return 0 if arguments else 2
    command = commands.get(arguments[0])
    if command is None:
        print(f"no command '{arguments[0]}'\n\n{USAGE}", file=sys.stderr)
        return 2
    try:
        if sys.version_info < OLDEST:
            raise Refused(f"Plow needs Python 3.10 or later, this is {sys.version.split()[0]}")
        return command(arguments[1:])
    except Refused as refused:
        print(f"run.py: {refused}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


# the commands -------------------------------------------------------------------------------------------


def demo(arguments: list[str]) -> int:
    """Render the example on a farm that lives as long as it takes."""
    prepare(FARM)
    return become([str(PYTHON), "-m", "blueprint.demo", *arguments])


def up(arguments: list[str]) -> int:
    """Keep a farm running."""
    prepare(KEPT)
    print(f'in another terminal, for the commands: export PATH="{BIN}:$PATH"', flush=True)
    return become([str(BIN / "plow"), "up", *arguments])


def wrangler(arguments: list[str]) -> int:
    """Open the window on a farm that runs."""
    prepare(WINDOW)
    return become([str(BIN / "plow-wrangler"), *arguments])


def test(arguments: list[str]) -> int:
    """Run every test, after bringing in the programs some of them use."""
    prepare(DEV)
    may_install = "--no-apt" not in arguments
    missing = bring_programs(may_install)
    if missing:
        os.environ["PLOW_TEST_MISSING"] = ", ".join(missing)
    rest = [argument for argument in arguments if argument != "--no-apt"]
    return become([str(PYTHON), "-m", "pytest", *(rest or side_by_side())])


def side_by_side() -> list[str]:
    """The whole suite in as many processes as there are processors: most of the tests wait for something."""
    return ["-n", str(max(2, min(os.cpu_count() or 2, 4))), "--dist", "worksteal"]


def chaos(arguments: list[str]) -> int:
    """Only what kills and cuts."""
    prepare(DEV)
    return become([str(PYTHON), "-m", "pytest", "-m", "chaos", *arguments])


def bench(arguments: list[str]) -> int:
    """Run benchmarks one after the other, so that they do not measure each other."""
    there = benchmarks()
    unknown = [name for name in arguments if name not in there]
    if unknown or not there:
        raise Refused(f"no benchmark '{' '.join(unknown)}'; there are: {', '.join(there) or 'none'}")
    prepare(DEV)
    commands = [[str(PYTHON), "-m", f"benchmarks.{name}"] for name in arguments or there]
    return max(subprocess.run(command, cwd=ROOT, env=environment()).returncode for command in commands)


def benchmarks() -> list[str]:
    """Those that can be run; the other files there are parts of them."""
    files = sorted((ROOT / "benchmarks").glob("[a-z]*.py"))
    return [file.stem for file in files if "__main__" in file.read_text()]


def check(arguments: list[str]) -> int:
    """What a change must pass before anyone looks at it; two things at a time."""
    if arguments:
        raise Refused("check takes no arguments")
    prepare(DEV)
    started = time.monotonic()
    steps = [
        *(["pytest", "-q", *half] for half in unit_tests()),
        ["mypy"],
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["importlinter"],
    ]
    with ThreadPoolExecutor(2) as pool:
        passed = list(pool.map(step, steps))
    print(f"{'all good' if all(passed) else 'NOT GOOD'} after {time.monotonic() - started:.1f} s")
    return 0 if all(passed) else 1


def unit_tests() -> list[list[str]]:
    """The folders of the unit tests in two lots of about the same size, for two processors."""
    folders = [
        folder for folder in sorted((ROOT / "tests" / "unit").iterdir()) if any(folder.glob("test_*.py"))
    ]
    folders.sort(
        key=lambda folder: sum(file.stat().st_size for file in folder.glob("test_*.py")), reverse=True
    )
    names = [str(folder.relative_to(ROOT)) for folder in folders]
    return [lot for lot in (names[0::4] + names[3::4], names[1::4] + names[2::4]) if lot]


def step(words: list[str]) -> bool:
    """One part of `check`; what it has to say is only shown if it failed."""
    started = time.monotonic()
    command = [str(BIN / "lint-imports")] if words[0] == "importlinter" else [str(PYTHON), "-m", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment())
    good = done.returncode == 0
    shown = " ".join(word.removeprefix("tests/unit/") for word in words)
    said = "" if good else f"\n{done.stdout}{done.stderr}"
    print(
        f"{'ok    ' if good else 'FAILED'} {shown:40} {time.monotonic() - started:5.1f} s{said}",
        flush=True,
    )
    return good


def become(command: list[str]) -> int:
    """Go on as this program, so that signals and the exit status are its own."""
    sys.stdout.flush()
    os.chdir(ROOT)
    if os.name != "nt":
        os.execve(command[0], command, environment())
    return subprocess.run(command, env=environment()).returncode


def environment() -> dict[str, str]:
    """Ours, with the programs of `.venv` first."""
    return {
        **{key: value for key, value in os.environ.items() if key != "PYTHONHOME"},
        "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)]),
        "VIRTUAL_ENV": str(VENV),
    }


# the environment ----------------------------------------------------------------------------------------


def prepare(extras: Sequence[str]) -> None:
    """Make sure that `.venv` holds Plow with these extras, as setup.cfg describes them now."""
    with alone():
        stamp = read_stamp()
        if stamp.get("made_for") != made_for():
            stamp = {}
        have = set(stamp.get("extras", []))
        wanted = sorted(have | set(extras))
        enough = "dev" in have or have.issuperset(extras)
        if enough and stamp.get("contents") == contents() and PYTHON.exists():
            return
        started = time.monotonic()
        print(f"setting up {VENV} ({', '.join(wanted)}) ...", flush=True)
        install = make_environment()
        STAMP.unlink(missing_ok=True)
        run_logged([*install, "-e", f"{ROOT}[{','.join(wanted)}]"])
        STAMP.write_text(json.dumps({"made_for": made_for(), "contents": contents(), "extras": wanted}))
        print(f"ready after {time.monotonic() - started:.1f} s", flush=True)


def make_environment() -> list[str]:
    """Make `.venv` if there is no working one; the words that install into it."""
    whole = works()
    uv = shutil.which("uv")
    if uv:
        if not whole:
            run_logged([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)])
        return [uv, "pip", "install", "--python", str(PYTHON)]
    if whole and can([str(PYTHON), "-m", "pip", "--version"]):
        return [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    if importlib.util.find_spec("ensurepip") is None:
        outside = system_pip()
        if outside:
            run_logged([sys.executable, "-m", "venv", "--without-pip", "--clear", str(VENV)])
            return outside
        apt_install(["python3-venv"], or_else="Python's venv is missing here")
    run_logged([sys.executable, "-m", "venv", "--clear", str(VENV)])
    return [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]


def system_pip() -> list[str] | None:
    """A pip outside that can install into an environment without one (22.3 or later)."""
    told = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, text=True)
    number = re.match(r"pip (\d+)\.(\d+)", told.stdout)
    if not number or (int(number[1]), int(number[2])) < (22, 3):
        return None
    return [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--disable-pip-version-check"]


def works() -> bool:
    """Whether `.venv` is an environment of this Python's version that still runs where it is."""
    wanted = (sys.version_info[:2], str(VENV))
    version = f"import sys; sys.exit((sys.version_info[:2], sys.prefix) != {wanted!r})"
    return PYTHON.exists() and can([str(PYTHON), "-c", version])


def contents() -> str:
    """Changes with what setup.cfg says about packages; settings of tools in the same file do not count."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    parts = {
        name: dict(config[name])
        for name in config.sections()
        if name.split(".")[0] in ("metadata", "options")
    }
    told = json.dumps(parts, sort_keys=True) + (ROOT / "setup.py").read_text()
    return hashlib.sha256(told.encode()).hexdigest()


def made_for() -> list[str]:
    """An environment belongs to one Python and one place."""
    return [f"{sys.version_info.major}.{sys.version_info.minor}", str(ROOT)]


def read_stamp() -> dict[str, Any]:
    """What was installed last time; nothing if that cannot be told."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two of us at once would install over each other; the second waits."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        yield
        return
    with (ROOT / "setup.cfg").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_logged(command: Sequence[str]) -> None:
    """Run it quietly; when it fails, say why in one line and where the rest is."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    output = done.stdout + done.stderr
    if VENV.is_dir():
        LOG.write_text(f"{' '.join(command)}\n{output}")
    if done.returncode == 0:
        return
    if NO_NETWORK.search(output):
        raise Refused(
            "the package index cannot be reached: check the network, or set PIP_INDEX_URL to a mirror"
        )
    lines = [line for line in output.splitlines() if line.strip()] or ["no word about it"]
    faults = [line for line in lines if re.match(r"\s*(error|\u00d7)", line, re.IGNORECASE)] or lines[-1:]
    raise Refused(f"installing failed: {faults[0].strip()} (all of it in {LOG})")


def can(command: Sequence[str]) -> bool:
    """Whether a command ends well."""
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


# the system's packages ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Program:
    """Something the tests use that pip cannot bring."""

    what: str
    packages: list[str]
    is_there: Callable[[], bool]


def has_cpp() -> bool:
    """A compiler, and what the generated code includes."""
    asked = "#include <thrift/protocol/TCompactProtocol.h>\n#include <boost/uuid/uuid.hpp>\n"
    try:
        done = subprocess.run(["g++", "-E", "-x", "c++", "-"], input=asked, capture_output=True, text=True)
    except OSError:
        return False
    return done.returncode == 0


def has_java() -> bool:
    """A compiler, and the libraries where Debian puts them."""
    there = [Path("/usr/share/java", f"{name}.jar").exists() for name in ("thrift", "slf4j-api", "slf4j-nop")]
    return shutil.which("javac") is not None and all(there)


PROGRAMS = [
    Program("Qt's libraries", QT_LIBRARIES, lambda: can([str(PYTHON), "-c", "import PySide6.QtWidgets"])),
    Program("povray", ["povray", "povray-includes"], lambda: shutil.which("povray") is not None),
    Program("blender", ["blender"], lambda: shutil.which("blender") is not None),
    Program("ffmpeg", ["ffmpeg"], lambda: shutil.which("ffmpeg") is not None),
    Program("oiiotool", ["openimageio-tools"], lambda: shutil.which("oiiotool") is not None),
    Program("thrift", ["thrift-compiler"], lambda: shutil.which("thrift") is not None),
    # The languages of docs/bindings.md; what npm, pip and go bring is brought by the commands of that page.
    Program("Node.js", ["nodejs", "npm"], lambda: bool(shutil.which("node") and shutil.which("npm"))),
    Program("Thrift for C++", ["g++", "libthrift-dev", "libboost-dev"], has_cpp),
    Program("Thrift for Java", ["default-jdk-headless", "libthrift-java", "libslf4j-java"], has_java),
    Program("Go", ["golang-go"], lambda: shutil.which("go") is not None),
    Program("Thrift for Ruby", ["ruby", "ruby-thrift"], lambda: can(["ruby", "-e", "require 'thrift'"])),
    Program("python3-venv", ["python3-venv"], lambda: can([sys.executable, "-m", "ensurepip", "--version"])),
]


def bring_programs(may_install: bool) -> list[str]:
    """Install what is not there, if we may; the names of what is missing afterwards."""
    wanted = [program for program in PROGRAMS if not program.is_there()]
    if wanted and may_install and can_apt():
        print(f"installing {', '.join(program.what for program in wanted)} ...", flush=True)
        apt(["update"])
        if not apt(["install", *(package for program in wanted for package in program.packages)]):
            for program in wanted:  # one that cannot be had must not keep the others away
                apt(["install", *program.packages])
    missing = [program for program in wanted if not program.is_there()]
    for program in missing:
        print(f"MISSING: {program.what}; apt-get install {' '.join(program.packages)}", flush=True)
    return [program.what for program in missing]


def apt_install(packages: list[str], or_else: str) -> None:
    """Install them or stop with the line that a person can type."""
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if not (can_apt() and apt(["update"]) and apt(["install", *packages])):
        raise Refused(f"{or_else}; as root: {line}")


def can_apt() -> bool:
    """Whether this is a Debian on which we are root."""
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def apt(words: list[str]) -> bool:
    """One call of apt-get that asks nothing."""
    options = ["-y", "--no-install-recommends"] if words[0] == "install" else []
    command = ["apt-get", "-q", words[0], *options, *words[1:]]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=quiet, capture_output=True).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
