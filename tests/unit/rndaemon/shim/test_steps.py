import pytest

from rndaemon.request import Request
from rndaemon.shim.steps import Step, command_line, last_step_of, scripts_of, steps_of

PLAIN = Request("p", "t", "j", "l", ["main"], "/log")
WHOLE = PLAIN._replace(before=["before"], more=[["one"], ["two"]], after=["after"])


@pytest.mark.parametrize(
    ("request_", "words", "last"),
    [
        (PLAIN, [["main"]], None),
        (WHOLE, [["before"], ["main"], ["one"], ["two"]], Step(4, 5, ["after"])),
        (PLAIN._replace(after=["after"]), [["main"]], Step(1, 2, ["after"])),
    ],
)
def test_commands_are_numbered_in_the_order_they_run(request_, words, last):
    steps = steps_of(request_)

    assert [step.words for step in steps] == words
    assert [step.number for step in steps] == list(range(len(words)))
    assert last_step_of(request_) == last
    assert {step.total for step in steps} == {len(words) + bool(last)}


def test_only_one_of_several_is_announced():
    assert steps_of(PLAIN)[0].heading("now") == b""
    assert steps_of(WHOLE)[1].heading("now").startswith(b"[now] Plow starts command 2 of 5: main")


def test_a_wrapper_stands_before_each_command():
    wrapped = WHOLE._replace(wrapper=["rez", "--"], temp="/tmp/p")
    scripts = scripts_of(wrapped)

    assert len(scripts) == 5
    for step in [*steps_of(wrapped), last_step_of(wrapped)]:
        line = command_line(wrapped, step)
        assert line[:3] == ["rez", "--", "/bin/sh"]
        assert scripts[line[3]].endswith(f"\nexec {' '.join(step.words)}\n")
    assert scripts_of(WHOLE) == {}
    assert command_line(PLAIN, steps_of(PLAIN)[0]) == ["main"]
