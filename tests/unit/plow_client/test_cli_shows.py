"""How the `plow` command shows things and asks: formats, columns, colours, times, questions before what destroys."""

from __future__ import annotations

import contextlib
import io
import json
import re
import time

import click
import pytest
from click.testing import CliRunner

from plow_client import current, idl
from plow_client.cli.main import NOUNS, OTHERS, cli, run
from plow_client.cli.show import SCREENFUL
from plow_client.errors import NotFound
from tests.unit.plow_client.any_farm import ID, AnyFarm

OTHER = ID[:-4] + "ffff"


class Terminal(io.StringIO):
    """Where a person looks on, and answers."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def farm():
    farm = AnyFarm()
    current.use(farm)
    yield farm
    current.reconnect()


@pytest.fixture
def look(monkeypatch):
    """What a command shows on a terminal that is wide enough."""
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def look(*words):
        seen = Terminal()
        with contextlib.redirect_stdout(seen):
            assert run(list(words)) == 0
        return seen.getvalue()

    return look


def job(farm, **changed):
    row = AnyFarm().answers["getJob"]
    for name, value in changed.items():
        setattr(row, name, value)
    return row


# -------------------- formats


def test_a_template_is_a_line_for_each(farm, capsys):
    assert run(["job", "list", "--format", r"{name}\t{totals.dead:>3} {pools} {paused}"]) == 0

    assert capsys.readouterr().out == "shot\t  1 shot true\n"


def test_a_field_that_is_not_there_is_told_with_those_that_are(farm, capsys):
    assert run(["job", "list", "--format", "{nmae}"]) == 2

    assert re.search(r"no field 'nmae'; there are .*\bname\b", capsys.readouterr().err)


@pytest.mark.parametrize("form", ["yaml", "{name", "just words"])
def test_a_format_that_is_none_is_refused_before_the_farm_is_asked(farm, capsys, form):
    assert run(["job", "list", "--format", form]) == 2
    assert farm.asked == []


def test_columns_are_chosen_by_title_or_field(farm, capsys):
    assert run(["job", "list", "--columns", "job,Done about,stats.high_cores"]) == 0

    assert capsys.readouterr().out.splitlines()[0].split() == ["JOB", "DONE", "ABOUT", "stats.high_cores"]


def test_a_column_that_is_not_there_is_told_with_those_that_are(farm, capsys):
    assert run(["job", "list", "--columns", "nmae"]) == 2

    assert "no column 'nmae'; there are job, state, user" in capsys.readouterr().err


def test_csv_has_plain_values(farm, capsys):
    assert run(["job", "list", "--format", "csv", "--columns", "job,ram,started"]) == 0

    assert capsys.readouterr().out == "job,ram,started\nshot,1,1\n"


def test_one_thing_is_csv_of_its_simple_fields(farm, capsys):
    assert run(["pool", "show", "shot", "--format", "csv"]) == 0

    titles, values = capsys.readouterr().out.splitlines()
    assert dict(zip(titles.split(","), values.split(","), strict=True))["name"] == "shot"


def test_letters_of_two_places_stay_below_their_title(farm, capsys):
    farm.answers["getPools"] = [
        idl.PoolT(id=ID, name="山", hosts=[], exclusive=True),
        idl.PoolT(id=ID, name="ab", hosts=[]),
    ]

    run(["pool", "list"])

    assert capsys.readouterr().out.splitlines()[1:] == [
        "山    only its own      0  -      -",
        "ab    all               0  -      -",
    ]


# -------------------- terminals


def test_colours_are_for_terminals(farm, look):
    assert "\x1b[" in look("node", "list")


def test_colours_are_not_for_pipes(farm, capsys):
    run(["node", "list"])

    assert "\x1b[" not in capsys.readouterr().out


def test_no_color_is_obeyed(farm, look, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b[" not in look("node", "list")


@pytest.mark.parametrize(("how", "is_coloured"), [("always", True), ("never", False), ("auto", False)])
def test_colours_can_be_demanded(farm, capsys, how, is_coloured):
    run(["--color", how, "node", "list"])

    assert ("\x1b[" in capsys.readouterr().out) == is_coloured


def test_a_long_list_ends_after_a_screenful_on_a_terminal(farm, look, capsys):
    farm.answers["getJobs"] = [job(farm)] * (SCREENFUL + 1)

    shown = look("job", "list")

    assert farm.calls("getJobs")[0]["filter"].limit == SCREENFUL + 1
    assert len(shown.splitlines()) == SCREENFUL + 1
    assert "the first 200 of more: --limit 0 shows all" in capsys.readouterr().err


def test_a_long_list_is_whole_in_a_pipe(farm, capsys):
    farm.answers["getJobs"] = [job(farm)] * (SCREENFUL + 1)

    assert run(["job", "list"]) == 0

    assert farm.calls("getJobs")[0]["filter"].limit is None
    assert len(capsys.readouterr().out.splitlines()) == SCREENFUL + 2


@pytest.mark.parametrize("limit", [0, 5])
def test_a_limit_that_is_said_holds_everywhere(farm, capsys, limit):
    farm.answers["getNodes"] = farm.answers["getNodes"] * 9

    assert run(["node", "list", "--format", "{name}", "--limit", str(limit)]) == 0

    assert len(capsys.readouterr().out.splitlines()) == (limit or 9)


# -------------------- questions


def test_what_destroys_is_refused_where_nobody_can_be_asked(farm, capsys):
    assert run(["job", "kill", "shot"]) == 5

    told = capsys.readouterr().err
    assert told == (
        "plow: this would end 1 job (shot): -1 tasks not done, 1 of them running; "
        "there is no terminal to ask on: say --yes if it is meant\n"
    ).replace("-1 tasks", f"{job(farm).totals.totalTaskCount - 2} tasks")
    assert farm.calls("killJob") == []


@pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("n\n", 5), ("\n", 5)])
def test_a_person_is_asked(farm, monkeypatch, answer, status):
    monkeypatch.setattr("plow_client.cli.ask._has_terminal", lambda: True)

    asked = CliRunner().invoke(cli, ["job", "kill", "user=anna"], input=answer, standalone_mode=False)

    assert "This will end 1 job (shot)" in asked.output
    assert bool(farm.calls("killJob")) == (status == 0)


def test_a_dry_run_does_nothing(farm, capsys):
    assert run(["task", "kill", "job=shot", "--dry-run"]) == 0

    assert capsys.readouterr().out == "would stop 1 task\n  shot/shot WAITING\n"
    assert farm.calls("killTasks") == []


def test_nothing_to_do_is_not_asked_about(farm, capsys):
    farm.answers["getTasks"] = []

    assert run(["task", "eat", "job=shot and state=dead"]) == 0

    assert capsys.readouterr().out == "0 tasks eaten\n"
    assert farm.calls("eatTasks") == []


def test_retrying_what_is_dead_is_not_asked_about(farm):
    farm.answers["getTasks"] = [idl.TaskT(id=ID, name="0001-a", jobName="shot", state=3)]

    assert run(["task", "retry", "job=shot and state=dead"]) == 0
    assert farm.calls("retryTasks")


def test_retrying_what_runs_is_asked_about(farm, capsys):
    farm.answers["getTasks"] = [idl.TaskT(id=ID, name="0001-a", jobName="shot", state=2)]

    assert run(["task", "retry", "job=shot"]) == 5
    assert "queue 1 task again, 1 of them running" in capsys.readouterr().err


# -------------------- names


def test_a_part_that_several_have_lists_them(farm, capsys):
    farm.answers["getPool"] = NotFound("no pool")
    farm.answers["getPools"] = [idl.PoolT(id=ID, name="a"), idl.PoolT(id=OTHER, name="b")]

    assert run(["pool", "show", ID[:8]]) == 2
    assert f"'{ID[:8]}' may be a ({ID[-8:]}), b ({OTHER[-8:]})" in capsys.readouterr().err


def test_a_slip_of_the_pen_is_answered_with_the_name_that_is_meant(farm, capsys):
    farm.answers["getCluster"] = NotFound("no cluster")

    assert run(["cluster", "show", "shto"]) == 3
    assert "no cluster 'shto'; did you mean 'shot'?" in capsys.readouterr().err


def test_a_word_is_a_name_and_a_condition_is_a_query(farm):
    run(["job", "list", "shot"])
    run(["job", "list", "user=anna"])

    plain, query = (call["filter"] for call in farm.calls("getJobs"))
    assert (plain.regex, plain.where) == ("shot", None)
    assert (query.regex, query.where[0].field) == (None, "user")


def test_a_query_about_states_finds_finished_jobs(farm):
    run(["job", "list", "state=finished"])

    assert farm.calls("getJobs")[0]["filter"].states is None


def test_a_query_that_makes_no_sense_ends_2(farm, capsys):
    assert run(["task", "retry", "sate=dead"]) == 2
    assert "sate" in capsys.readouterr().err


@pytest.mark.parametrize("task", ["shot/shot/1", "shot/shot", ID, f"shot/{ID[-8:]}"])
def test_a_task_has_many_names(farm, capsys, task):
    assert run(["task", "show", task, "--format", "{id}"]) == 0
    assert capsys.readouterr().out == f"{ID}\n"


def test_a_task_without_its_job_is_told_how(farm, capsys):
    assert run(["log", "0001-beauty"]) == 2
    assert "write JOB/LAYER/FRAME" in capsys.readouterr().err


# -------------------- changes


def test_a_change_of_nothing_is_written_wrongly(farm, capsys):
    assert run(["job", "set", "shot"]) == 2
    assert "nothing to change" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--need", "gpsu=1"], "no setting 'gpsu'; there are pools, os"),
        (["--need", "gpus=many"], "gpus=many: expected a whole number"),
        (["--run", "more_commands=a"], "a list of lists"),
        (["--run", "max_run_s"], "write KEY=VALUE"),
    ],
)
def test_a_wrong_setting_is_told(farm, capsys, words, told):
    assert run(["layer", "set", "shot/shot", *words]) == 2
    assert told in capsys.readouterr().err


def test_settings_are_read_as_they_are_meant(farm):
    words = [
        "--run",
        "before_command=mount '/p 1'",
        "--run",
        'more_commands=[["a", "b"]]',
        "--run",
        "niceness=5",
    ]

    assert run(["layer", "set", "shot/shot", *words]) == 0

    sent = farm.calls("setLayerRun")[0]["run"]
    assert (sent.beforeCommand, sent.moreCommands, sent.niceness) == (["mount", "/p 1"], [["a", "b"]], 5)


@pytest.mark.parametrize(
    ("text", "least_s", "most_s"), [("+15m", 899, 960), ("+2d", 172_799, 172_860), ("23:59", 0, 86_460)]
)
def test_times_are_said_as_people_do(farm, text, least_s, most_s):
    farm.answers["getPlowTime"] = int(time.time() * 1000)

    assert run(["job", "set", "shot", "--start-after", text]) == 0

    [sent] = farm.calls("setJobStartAfter")
    assert least_s <= sent["startAfter"] / 1000 - time.time() <= most_s


def test_a_time_that_is_none_is_told_with_those_that_are(farm, capsys):
    assert run(["job", "set", "shot", "--start-after", "soon"]) == 2
    assert "'soon' is no time: write 2026-11-20 22:00" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("{", "this is no JSON"),
        ("[]", "the job: expected an object"),
        ('{"nmae": "a"}', "the job has no 'nmae'; it has name, project"),
        ('{"name": "a"}', "project"),
        ('{"name": "a", "project": "p", "layers": [{"nmae": 1}]}', "the job's layers has no 'nmae'"),
    ],
)
def test_a_spec_that_is_none_is_told(farm, tmp_path, capsys, spec, told):
    (tmp_path / "spec").write_text(spec)

    assert run(["job", "launch", str(tmp_path / "spec")]) == 2
    assert told in capsys.readouterr().err


def test_a_spec_comes_back_as_it_was_printed(farm, tmp_path, capsys):
    assert run(["job", "spec", "shot"]) == 0
    printed = capsys.readouterr().out
    (tmp_path / "spec").write_text(printed)

    assert run(["job", "launch", str(tmp_path / "spec")]) == 0

    sent, known = farm.calls("launch")[0]["spec"], farm.answers["getJobSpec"]
    assert "request_id" not in json.loads(printed)
    known.requestId = sent.requestId
    assert sent == known


# -------------------- help


@pytest.mark.parametrize("noun", NOUNS)
def test_the_help_says_of_a_command_what_the_command_says_of_itself(noun):
    command = cli.get_command(click.Context(cli), noun)
    assert command is not None
    said = command.get_short_help_str(1000)

    assert NOUNS[noun].rstrip(".").partition(":")[0] in said


@pytest.mark.parametrize("name", OTHERS)
def test_the_help_says_what_other_packages_commands_say(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.get_short_help_str(1000) == OTHERS[name]
