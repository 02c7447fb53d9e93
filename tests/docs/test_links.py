"""What the pages point at is there: files, headings, commands and their options."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import run
from blueprint.cli import submit
from blueprint.demo import demo
from blueprint.outputs_command import check_outputs
from plow_client.cli.main import cli as plow
from plow_client.cli.up import up
from plow_server.main import cli as plow_server
from rndaemon.main import command as rndaemon

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
ADDED: dict[str, click.Command] = {"submit": submit, "check-outputs": check_outputs}  # to plow, by blueprint
PROGRAMS: dict[str, click.Command] = {
    "plow": plow,
    "plow-server": plow_server,
    "rndaemon": rndaemon,
    "python3 run.py demo": demo,
    "python3 run.py up": up,
    "python3 run.py test": click.Command("test", params=[click.Option(["--no-apt"]), click.Option(["-k"])]),
}


def _tracked(*patterns: str) -> list[Path]:
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = told.stdout.splitlines()
    found = [ROOT / name for name in names] or [file for pattern in patterns for file in ROOT.rglob(pattern)]
    return sorted(file for file in found if ".venv" not in file.parts and file.is_file())


PAGES = _tracked("*.md")
WITH_COMMANDS = [*PAGES, *_tracked("*.bp"), *_tracked("*.service")]


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _anchors(page: Path) -> set[str]:
    """The names that headings get: lower case, words joined by hyphens, nothing else."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_and_picture_is_there(page: Path) -> None:
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{target} is not there"
        assert not anchor or anchor in _anchors(found), f"{target}: no such heading"


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, wanted = set[Path](), [ROOT / "README.md"]
    while wanted:
        page = wanted.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        targets = LINK.findall(page.read_text(encoding="utf-8"))
        wanted.extend((page.parent / target.partition("#")[0]).resolve() for target in targets)
    assert [_name(page) for page in PAGES if page not in reached] == []


def _command_lines(file: Path) -> Iterator[str]:
    """Lines and spans that begin with a program of ours, without prompt, folder and what follows a pipe."""
    text = file.read_text(encoding="utf-8").replace("\\\n", " ")
    pieces = [*text.splitlines(), *SPAN.findall(text)]
    for piece in pieces:
        line = re.sub(r"^(?:ExecStart=)?[\s#$]*(?:[\w./]*/bin/)?", "", piece.partition("`")[0])
        if re.match(r"(plow|plow-server|rndaemon|plow-wrangler|python3 run\.py)( |$)", line):
            yield re.split(r"\s(?:\||&&|;|#|--- )", line)[0].strip()


def _lines() -> list[tuple[str, str]]:
    return [(_name(file), line) for file in WITH_COMMANDS for line in dict.fromkeys(_command_lines(file))]


def _words(line: str) -> list[str]:
    """The words as a shell makes them; brackets of a synopsis do not count."""
    try:
        words = shlex.split(line)
    except ValueError:  # a sentence that begins with a program's name
        words = line.split()
    return [word for word in (word.strip("[]…,.;:") for word in words) if word]


def _split(words: list[str]) -> tuple[click.Command | None, list[str]]:
    """The command that these words call, and what is said to it; none for `run.py check` and the like."""
    for length in (3, 1):
        program = PROGRAMS.get(" ".join(words[:length]))
        if program is None:
            continue
        rest = words[length:]
        options: list[str] = []
        while isinstance(program, click.Group) and rest:
            if rest[0].startswith("-"):
                options.append(rest.pop(0))
                continue
            below = ADDED.get(rest[0]) if program is plow and rest[0] in ADDED else _below(program, rest[0])
            if below is None:
                break
            program, rest = below, rest[1:]
        return program, [*options, *rest]
    return None, []


def _below(group: click.Group, name: str) -> click.Command | None:
    return group.get_command(click.Context(group), name)


def _known(command: click.Command) -> set[str]:
    names = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    return {*names, "--help", "-h", "--version", "--host", "--debug"}


def _options(words: list[str]) -> list[str]:
    return [word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)]


def _faults(line: str) -> list[str]:
    """Commands and options that are not there."""
    command, rest = _split(_words(line))
    if command is None:
        return []
    said = rest and not rest[0].startswith("-")
    if isinstance(command, click.Group) and said and rest[0].islower() and "," not in line:
        return [rest[0]]
    return [option for option in _options(rest) if option not in _known(command)]


@pytest.mark.parametrize(("file", "line"), _lines())
def test_every_command_line_of_the_pages_has_the_options_it_uses(file: str, line: str) -> None:
    words = _words(line)
    if words[:2] == ["python3", "run.py"] and len(words) > 2 and words[2] not in ("COMMAND",):
        assert words[2] in run.USAGE, f"{file}: run.py has no command '{words[2]}'"
    assert _faults(line) == [], file


@pytest.mark.parametrize(
    ("file", "line"), [pair for pair in _lines() if pair[1].startswith("plow-wrangler ")]
)
def test_every_option_of_the_window_in_the_pages_is_there(file: str, line: str) -> None:
    source = (ROOT / "wrangler" / "app.py").read_text(encoding="utf-8")
    assert all(f'"{option}"' in source for option in _options(_words(line))), f"{file}: {line}"


@pytest.mark.parametrize(
    "line",
    [
        "plow job list --al",
        "plow jb list",
        "plow-server serve --databse URL",
        "rndaemon --server a:1 [--prot 5]",
    ],
)
def test_a_slip_of_the_pen_would_be_found(line: str) -> None:
    assert _faults(line)


def test_every_benchmark_is_in_the_list() -> None:
    page = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert [name for name in run.benchmarks() if f"| `{name}` |" not in page] == []
