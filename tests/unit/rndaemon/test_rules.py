"""What lines of render programs mean: each file in output/ holds lines of one program and what is read from them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plow_client.config import load
from plow_client.errors import Invalid
from rndaemon import rules
from rndaemon.config import Config
from rndaemon.shim import progress
from rndaemon.shim.progress import FINISHED_S, Output

LINES = sorted(Path(__file__).with_name("output").glob("*.txt"))
VERDICTS = {"error": "ERROR", "licence": "LICENSE", "done": "DONE", "finished": "DONE"}


def config(*overrides: str, **own: dict[str, list[str]]) -> Config:
    settings = load(Config, overrides=overrides, environ={}).value
    return Config(progress=settings.progress, rules={name: _tuples(lists) for name, lists in own.items()})


def _tuples(lists: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {verdict: tuple(entries) for verdict, entries in lists.items()}


def output(*names: str, settings: Config | None = None) -> Output:
    return Output(rules.for_names(names, settings or config()))


def read(line: str, *names: str, settings: Config | None = None) -> Output:
    told = output(*names, settings=settings)
    told.feed(line.encode() + b"\n")
    return told


def samples() -> list[tuple[str, str, str]]:
    """Program, what is read, the line."""
    rows = [(path.stem, line.split("\t", 1)) for path in LINES for line in path.read_text().splitlines()]
    return [(program, what.strip(), line) for program, (what, line) in rows]


def test_each_program_has_lines() -> None:
    assert {path.stem for path in LINES} == {*rules.ready()} - {"plow"}


@pytest.mark.parametrize("program, what, line", samples())
def test_a_line_means_what_it_says(
    program: str, what: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    told = output(program)
    if "time=" in line:
        told.feed(b"  Duration: 00:00:10.00, start: 0.0\n")
    told.feed(line.encode() + b"\n")
    clock[0] += FINISHED_S + 1

    assert told.verdict == VERDICTS.get(what, "")
    assert told.verdict_line == (line.strip() if what in VERDICTS else "")
    if what == "warning":
        assert told.warnings == 1
    elif what == "-":
        assert (told.warnings, told.fraction) == (0, 0.0)
    elif what not in VERDICTS:
        assert told.fraction == pytest.approx(float(what))


@pytest.mark.parametrize("program", ["blender", "mray"])
def test_row_r37_a_whole_output_ends_at_100_percent(program: str) -> None:
    lines = [
        line for of, what, line in samples() if of in (program, "mentalray") and re.match(r"[\d.]+$|-$", what)
    ]
    told = output(program)
    told.feed("\n".join(line for line in lines if "Rendering" not in line and "0.3  :" not in line).encode())
    told.finish()

    assert told.fraction == 1.0


def test_row_r39_several_sets_read_one_output() -> None:
    told = output("blender", "mray", settings=config("progress.generic=false"))
    told.feed(b"Fra:1 Mem:1M | Time:0 | Scene | Sample 1/4\n")
    assert told.fraction == 0.25
    told.feed(b"JOB  0.3    25   MB progr:    42.0%    rendered on n\n")

    assert told.fraction == 0.42


@pytest.mark.parametrize("name", ["CYCLES", "mayabatch", "kick", "prman", "Karma", "v-ray"])
def test_a_set_has_other_names_too(name: str) -> None:
    assert len(rules.for_names([name], config())) > len(rules.for_names(["no such"], config()))


def test_an_error_of_one_program_is_none_of_another() -> None:
    assert read("Render failed", "povray").verdict == "ERROR"
    assert read("Render failed", "shell").verdict == ""


def test_a_rule_of_the_site_is_asked_before_ours() -> None:
    settings = config(blender={"percent": [r"Sample (\d+/\d+)/never", r"at (\d+%)"], "error": ["^Boom"]})

    assert read("Fra:1 | Sample 1/2 at 10%", "blender", settings=settings).fraction == pytest.approx(0.1)
    assert read("Boom", "cycles", settings=settings).verdict == "ERROR"
    assert read("Error: Cannot open file 'a'", "blender", settings=settings).verdict == "ERROR"


def test_a_site_leaves_out_what_it_does_not_want() -> None:
    settings = config(maya={"without": ["error", "finished"], "error": ["^Really bad"]})

    assert read("Frame aborted", "maya", settings=settings).verdict == ""
    assert read("Scene a.ma completed.", "maya", settings=settings).verdict == ""
    assert read("Really bad", "maya", settings=settings).verdict == "ERROR"


def test_a_site_makes_a_set_of_its_own() -> None:
    settings = config(comp={"names": ["comp2"], "also": ["nuke"], "licence": ["^no seat"]})

    assert read("no seat", "COMP2", settings=settings).verdict == "LICENSE"
    assert read("Frame 1 (1 of 2)", "comp", settings=settings).fraction == 0.5


def test_sets_that_name_one_another_come_to_an_end() -> None:
    settings = config(a={"also": ["b"]}, b={"also": ["a"], "error": ["x"]})

    assert read("x", "a", settings=settings).verdict == "ERROR"


def test_a_pattern_of_a_service_is_asked_first() -> None:
    settings = config(r"progress.patterns=mray=^at (\d+)$")

    assert read("at 30", "mray", settings=settings).fraction == 0.3


def test_what_any_program_may_say_can_be_left_out() -> None:
    settings = config("progress.generic=false")

    for line in ("disk 93%", "ALF_PROGRESS 3%", "WARNING: x", "All licenses in use"):
        told = read(line, "shell", settings=settings)
        assert (told.fraction, told.warnings, told.verdict) == (0.0, 0, ""), line
    assert read("PLOW_PROGRESS 10%", "shell", settings=settings).fraction == pytest.approx(0.1)


@pytest.mark.parametrize(
    "sets, sentence",
    [
        ({"maya": {"error": ["("]}}, "rules.maya: error '[(]' is no regular expression"),
        ({"maya": {"percent": [r"\d+%"]}}, r"rules.maya: percent '.*' has no group"),
        ({"maya": {"eror": ["x"]}}, "rules.maya: no list 'eror'"),
        ({"maya": {"also": ["arnld"]}}, "rules.maya: also 'arnld', but there is no such set"),
        ({"maya": {"without": ["errors"]}}, "rules.maya: without 'errors'"),
    ],
)
def test_a_set_that_cannot_be_is_refused_at_start(
    sets: dict[str, dict[str, list[str]]], sentence: str, tmp_path: Path
) -> None:
    file = tmp_path / "rndaemon.toml"
    tables = [
        f"[rules.{name}]\n" + "".join(f"{k} = {v!r}\n" for k, v in lists.items())
        for name, lists in sets.items()
    ]
    file.write_text("".join(tables).replace("\\\\", "\\"))

    with pytest.raises(Invalid, match=sentence):
        load(Config, file=file, environ={})


def test_a_settings_file_holds_sets(tmp_path: Path) -> None:
    file = tmp_path / "rndaemon.toml"
    file.write_text("[rules.maya]\nerror = ['^Boom']\n[progress]\ngeneric = false\n")

    assert read("Boom", "maya", settings=load(Config, file=file, environ={}).value).verdict == "ERROR"


def test_the_example_of_the_manual_is_read(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[3] / "docs" / "guide" / "logs.md").read_text(encoding="utf-8")
    file = tmp_path / "rndaemon.toml"
    file.write_text(manual.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    settings = load(Config, file=file, environ={}).value

    assert read("comped 3 of 12", "comp2", settings=settings).fraction == 0.25
    assert read("Frame 1 (1 of 2)", "comper", settings=settings).fraction == 0.5
    assert read("// Error: shotTools: gone", "maya", settings=settings).verdict == "ERROR"
    assert read("Frame aborted", "maya", settings=settings).verdict == "ERROR"


def test_the_manual_names_every_ready_set() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "guide" / "logs.md").read_text(encoding="utf-8")

    assert [name for name in rules.ready() if f"`{name}`" not in manual] == []
    assert [verdict for verdict in rules.VERDICTS if f"| `{verdict}` |" not in manual] == []


def test_every_ready_pattern_is_sound() -> None:
    rules.check_sets(rules.ready())


@pytest.mark.parametrize(
    "pattern, needed",
    [
        ("^Error: x", "Error: x"),
        ("colou?r", "colo"),
        ("ab*cd", "cd"),
        ("ab+cd", "ab"),
        (r"x\d{12} y", " y"),
        (r"ab{0}c", "a"),
        (r"a\.b\[c\]", "a.b[c]"),
        ("one|three", ""),
        ("(?:one|three) it", " it"),
        ("(?i)abc", ""),
        ("(?i:abc)", ""),
        (r"[^]a]bb[\]x]c", "bb"),
        (r"(a(b)c)?de", "de"),
        ("", ""),
    ],
)
def test_what_a_line_must_hold_is_told_from_the_pattern(pattern: str, needed: str) -> None:
    assert rules.needed_text(pattern) == needed


def test_no_line_is_missed_for_want_of_what_it_must_hold() -> None:
    sets = rules.ready()
    patterns = [p for lists in sets.values() for verdict in rules.VERDICTS for p in lists.get(verdict, ())]
    hits = [(p, line) for p in patterns for _, _, line in samples() if re.search(p, line)]

    assert len({p for p, _ in hits}) > 0.7 * len(patterns)
    assert [hit for hit in hits if rules.needed_text(hit[0]) not in hit[1]] == []
