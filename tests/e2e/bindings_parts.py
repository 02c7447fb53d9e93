"""The programs of docs/bindings.md, built by the page's own commands, once for all processes of a run; a bad line."""

from __future__ import annotations

import fcntl
import os
import re
import select
import shlex
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "bindings.md"
EXAMPLES = ROOT / "docs" / "examples" / "clients"
HEADINGS = {"node": "Node.js", "cpp": "C++", "java": "Java", "go": "Go", "ruby": "Ruby", "python": "Python"}
PROTOCOLS = ("binary", "compact")
TRANSPORTS = ("buffered", "framed")
PRINTED = "localhost:11336 compact framed shot"
# What run.py may say is missing, and what cannot be tried then.
NEEDS = {
    "thrift": set(HEADINGS),
    "Node.js": {"node"},
    "Thrift for C++": {"cpp"},
    "Thrift for Java": {"java"},
    "Go": {"go"},
    "Thrift for Ruby": {"ruby"},
    "python3-venv": {"python"},
}


def languages() -> list[str]:
    """Those that can be tried: all, but for what run.py has named as missing at the top of this run."""
    missing = os.environ.get("PLOW_TEST_MISSING", "").split(", ")
    without = set[str]().union(*(NEEDS.get(what, set()) for what in missing))
    return [language for language in HEADINGS if language not in without]


@dataclass(frozen=True)
class Commands:
    """What the page says for one language: three blocks of shell."""

    install: str
    build: str
    run: str


def commands(language: str) -> Commands:
    """As printed under the language's heading."""
    heading = re.escape(HEADINGS[language])
    section = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert section, f"{PAGE.name} has no heading '{HEADINGS[language]}'"
    return Commands(*re.findall(r"^```sh\n(.*?)^```", section[1], re.MULTILINE | re.DOTALL))


@dataclass(frozen=True)
class Example:
    """A program that is built and can be run."""

    folder: Path
    command: str

    def run(self, port: int, protocol: str, transport: str, job: str) -> subprocess.CompletedProcess[str]:
        """Run it as printed, against this port and on this job."""
        words = shlex.join([f"localhost:{port}", protocol, transport, job])
        return shell(self.command.replace(PRINTED, words), self.folder)


def built(language: str, folder: Path) -> Example:
    """The program, in a folder that holds of Plow what the page needs; whoever comes first builds it."""
    printed = commands(language)
    assert PRINTED in printed.run
    checkout = folder / language
    place = checkout / EXAMPLES.relative_to(ROOT) / language
    with alone(folder / f"{language}.lock"):
        if not (checkout / "built").exists():
            shutil.rmtree(checkout, ignore_errors=True)
            strange = shutil.ignore_patterns("gen-*", "node_modules", "build", "env")
            shutil.copytree(EXAMPLES / language, place, ignore=strange)
            shutil.copy(ROOT / "plow.thrift", checkout)
            done = shell(printed.build, checkout)
            assert done.returncode == 0, f"{printed.install}{printed.build}{done.stdout}{done.stderr}"
            (checkout / "built").touch()
    return Example(place, printed.run)


def shell(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run lines of the page; npm asks its registry only for what it has not kept."""
    quick = {**os.environ, "npm_config_prefer_offline": "true"}
    return subprocess.run(["bash", "-euc", text], cwd=folder, env=quick, capture_output=True, text=True)


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Wait for whoever is at it, in any process."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class LosesOneAnswer:
    """A line to a server that carries everything, but is cut once: where the answer to this call would come back."""

    def __init__(self, port: int, call: bytes) -> None:
        self.server = ("127.0.0.1", port)
        self.call = call
        self.lost = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self) -> None:
        """No more connections."""
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self) -> None:
        """Serve one connection after the other."""
        with suppress(OSError):
            while True:
                self.carry(self.listener.accept()[0])

    def carry(self, client: socket.socket) -> None:
        """Questions there and answers back, until either side ends or the line is cut."""
        asked = b""
        with client, socket.create_connection(self.server) as server:
            while True:
                for side in select.select([client, server], [], [])[0]:
                    words = side.recv(1 << 20)
                    if not words:
                        return
                    if side is client:
                        asked += words
                        server.sendall(words)
                    elif self.call in asked and not self.lost:
                        self.lost += 1
                        return
                    else:
                        asked = b""
                        client.sendall(words)
