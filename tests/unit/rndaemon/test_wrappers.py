"""The words of a layer's wrapper become this node's command, and a failed wrapper is told from a failed command."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plow_client.config import load
from plow_client.errors import Invalid
from rndaemon.config import Config
from rndaemon.wrappers import NoWrapper, Threshold, marker_of, resolve, script_of, wrap

MARKER = marker_of("p1")
# Gives its words to a shell between double quotes, as rez-env does.
READS_AGAIN = '#!/bin/sh\nline=; for word; do line="$line \\"$word\\""; done; FILM=sc020 exec sh -c "$line"\n'
RECORDS = '#!/bin/sh\nprintf "%s\\n" "$@" > "$RECORD"\n'


def config(*overrides: str) -> Config:
    return load(Config, environ={}, overrides=overrides).value


def test_the_ready_kinds_make_the_commands_that_their_programs_expect() -> None:
    made = {
        kind: resolve([kind, *words], config(), env=["B", "A"], temp="/tmp/p")
        for kind, words in [("rez", ["maya-2024", "arnold"]), ("conda", ["film"]), ("podman", ["img:1"]),
                            ("apptainer", ["x.sif"])]
    }  # fmt: skip
    assert made["rez"] == ["rez-env", "--quiet", "maya-2024", "arnold", "--"]
    assert made["conda"] == ["conda", "run", "--no-capture-output", "--name", "film"]
    assert made["podman"][-3:] == ["--env=A", "--env=B", "img:1"]
    assert "--volume=/tmp/p:/tmp/p" in made["podman"]
    assert made["apptainer"] == ["apptainer", "exec", "--bind", "/tmp/p", "x.sif"]


def test_a_node_may_have_kinds_of_its_own_and_change_the_ready_ones() -> None:
    mine = config("wrappers.commands=rez=/opt/rez/env --x '{words}' --,mine=with -n{word}")
    assert resolve(["rez", "a", "b"], mine) == ["/opt/rez/env", "--x", "a", "b", "--"]
    assert resolve(["mine", "a b"], mine) == ["with", "-na b"]
    assert resolve(["conda", "x"], mine)[0] == "conda"
    assert resolve([], mine) == []


@pytest.mark.parametrize(
    "words, why",
    [
        (["nope", "x"], "this node has no wrapper 'nope'"),
        (["rez", "a"], "this node has no wrapper 'rez'"),
        (["conda"], "wrapper 'conda' takes one word, not 0"),
        (["conda", "a", "b"], "wrapper 'conda' takes one word, not 2"),
        (["podman", "--privileged"], "'--privileged' cannot be given to wrapper 'podman'"),
    ],
)
def test_what_this_node_cannot_wrap_is_refused_with_a_reason(words: list[str], why: str) -> None:
    with pytest.raises(NoWrapper, match=why):
        resolve(words, config("wrappers.commands=rez="))


@pytest.mark.parametrize("template", ["'open", "x --a={words}"])
def test_a_template_that_makes_no_sense_is_refused_at_the_start(template: str) -> None:
    with pytest.raises(Invalid, match="wrappers: wrapper 'x'"):
        config(f"wrappers.commands=x={template}")


Whole = Callable[..., list[str]]


@pytest.fixture
def whole(tmp_path: Path) -> Whole:
    """The command line behind a wrapper, its script written."""

    def made(prefix: list[str], command: list[str]) -> list[str]:
        script = tmp_path / "script"
        script.write_text(script_of(command, MARKER))
        return wrap(prefix, command, str(script))

    return made


def test_a_command_without_a_wrapper_stays_as_it_is() -> None:
    assert wrap([], ["a", "b"], "/s") == ["a", "b"]


def test_a_wrapped_command_gets_its_words_as_they_are_after_the_marker(whole: Whole) -> None:
    words = ["a b", "$HOME", "'", '"', "*", "", "\\n", "ä"]
    ran = run(whole(["env", "X=1"], ["printf", "%s|", *words]))
    assert (ran.returncode, ran.stdout) == (0, f"{MARKER}\n{'|'.join(words)}|".encode())


def test_the_environment_of_the_wrapper_reaches_the_command(whole: Whole) -> None:
    ran = run(whole(["env", "FILM=sc020"], ["sh", "-c", "echo $FILM; exit 7"]))
    assert (ran.returncode, ran.stdout) == (7, f"{MARKER}\nsc020\n".encode())


@pytest.mark.parametrize(
    "words, passed",
    [
        (["rez", "maya-2024", "arnold"], ["--quiet", "maya-2024", "arnold", "--"]),
        (["conda", "film"], ["run", "--no-capture-output", "--name", "film"]),
    ],
)
def test_rez_and_conda_get_what_they_expect_and_run_the_command(
    tmp_path: Path, whole: Whole, words: list[str], passed: list[str]
) -> None:
    """Stand-ins that record their words, take their own options away and set a variable, as the real ones do."""
    programs, record = tmp_path / "bin", tmp_path / "record"
    programs.mkdir()
    after = f"shift {len(passed)}\nFILM=sc020 exec " + '"$@"\n'
    for name in ("rez-env", "conda"):
        (programs / name).write_text(RECORDS + after)
        (programs / name).chmod(0o755)
    ran = run(
        whole(resolve(words, config()), ["sh", "-c", 'echo "$FILM $1"', "x", "a b"]),
        {"PATH": f"{programs}:{os.environ['PATH']}", "RECORD": str(record)},
    )
    assert ran.stdout == f"{MARKER}\nsc020 a b\n".encode()
    assert record.read_text().splitlines()[: len(passed)] == passed


def test_a_wrapper_that_has_its_words_read_again_harms_none_of_the_commands(
    tmp_path: Path, whole: Whole
) -> None:
    wrapper = tmp_path / "reads-again"
    wrapper.write_text(READS_AGAIN)
    wrapper.chmod(0o755)
    words = ["a b", "$HOME `id`", '"', "'", "x\ny"]
    ran = run(whole([str(wrapper)], ["sh", "-c", 'echo "$FILM"; printf "%s|" "$@"', "x", *words]))
    assert ran.stdout == f"{MARKER}\nsc020\n{'|'.join(words)}|".encode()


def test_a_wrapper_that_fails_never_says_the_marker(tmp_path: Path, whole: Whole) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho no such package\nexit 3\n")
    broken.chmod(0o755)
    ran = run(whole([str(broken)], ["true"]))
    threshold = Threshold(MARKER)
    assert threshold.feed(ran.stdout) + threshold.finish() == b"no such package\n"
    assert (ran.returncode, threshold.is_passed) == (3, False)


def test_a_command_that_is_not_there_is_no_fault_of_the_wrapper(whole: Whole) -> None:
    ran = run(whole(["env"], ["/no/such/program"]))
    threshold = Threshold(MARKER)
    threshold.feed(ran.stdout)
    assert (ran.returncode, threshold.is_passed) == (127, True)


OUTPUT = st.binary(max_size=60).filter(lambda text: b"PLOW" not in text)


@given(OUTPUT, OUTPUT, st.lists(st.integers(0, 200)))
def test_the_marker_is_found_however_the_output_is_cut(before: bytes, after: bytes, cuts: list[int]) -> None:
    whole = before + MARKER.encode() + b"\n" + after
    threshold = Threshold(MARKER)
    edges = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    shown = b"".join(threshold.feed(whole[a:b]) for a, b in itertools.pairwise(edges))
    assert shown + threshold.finish() == before + after
    assert threshold.is_passed


@given(st.lists(st.sampled_from([MARKER.encode()[:7], MARKER.encode()[:-1], b"x", b"\n", b"PLOW"])))
def test_output_without_the_marker_is_shown_whole(pieces: list[bytes]) -> None:
    threshold = Threshold(MARKER)
    shown = b"".join(threshold.feed(piece) for piece in pieces) + threshold.finish()
    assert (shown, threshold.is_passed) == (b"".join(pieces), False)


def run(words: list[str], env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, check=False)
