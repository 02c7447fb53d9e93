"""Objects read rows: by both kinds of names, equal by id, never assigned by mistake."""

from __future__ import annotations

import copy

import pytest

import plow_client as plow
from plow_client import idl
from plow_client.entity import id_of, ids_of, member_of, members_of, texts_of
from plow_client.errors import Invalid

ROW = idl.JobT(
    id="j1",
    name="sc020_light",
    folderId="f1",
    state=1,
    minCores=4,
    maxCores=-1,
    totals=idl.TaskTotalsT(totalTaskCount=10, succeededTaskCount=3, eatenTaskCount=1, waitingTaskCount=2),
    attrs={"shot": "020"},
)


def test_fields_have_the_names_of_python():
    job = plow.Job(ROW)

    assert (job.id, job.name, job.folder_id, job.min_cores, job.max_cores) == (
        "j1",
        "sc020_light",
        "f1",
        4,
        -1,
    )


def test_the_names_of_the_wire_are_read_as_well():
    job = plow.Job(ROW)

    assert (job.folderId, job.minCores) == ("f1", 4)
    assert job.totals.totalTaskCount == job.totals.total_task_count == job.totals.total == 10
    assert plow.Layer(idl.LayerT(serv="nuke")).serv == "nuke"
    assert plow.Output(idl.OutputT(outputId="o1")).outputId == "o1"


def test_a_state_is_a_member_of_its_enum():
    assert plow.Job(ROW).state is plow.JobState.RUNNING


def test_a_state_of_a_newer_server_stays_a_number():
    assert plow.Job(idl.JobT(id="j", state=77)).state == 77


def test_a_part_is_an_object_too():
    totals = plow.Job(ROW).totals

    assert isinstance(totals, plow.TaskTotals)
    assert (totals.done, totals.pending) == (4, 2)


def test_jobs_of_a_folder_are_jobs():
    folder = plow.Folder(idl.FolderT(id="f1", jobs=[ROW]))

    assert folder.jobs == [plow.Job(ROW)]


def test_what_the_server_did_not_say_is_none():
    assert plow.Job(ROW).log_path is None
    assert plow.Folder(idl.FolderT(id="f1")).jobs is None


def test_objects_are_equal_by_kind_and_id():
    assert plow.Job(ROW) == plow.Job(idl.JobT(id="j1", name="older"))
    assert plow.Job(ROW) != plow.Job(idl.JobT(id="j2"))
    assert plow.Job(ROW) != plow.Layer(idl.LayerT(id="j1"))
    assert len({plow.Job(ROW), plow.Job(ROW)}) == 1


def test_a_name_that_is_no_field_is_an_error():
    with pytest.raises(AttributeError, match="a Job has no 'nmae'"):
        plow.Job(ROW).nmae  # noqa: B018


@pytest.mark.parametrize("name", ["name", "minCores", "nmae", "_row"])
def test_a_field_of_the_server_cannot_be_assigned(name):
    with pytest.raises(AttributeError, match=name):
        setattr(plow.Job(ROW), name, "x")


def test_an_object_can_be_copied():
    assert copy.copy(plow.Job(ROW)).name == "sc020_light"


def test_an_object_tells_its_fields_and_itself():
    job = plow.Job(ROW)

    assert repr(job) == "<Job sc020_light j1>"
    assert repr(plow.Output(idl.OutputT(outputId="o1", path="/a"))) == "<Output o1>"
    assert "succeeded=3" in repr(job.totals)
    assert "folder_id" in dir(job)


def test_as_dict_has_plain_values():
    told = plow.Job(ROW).as_dict()

    assert told["state"] == "RUNNING"
    assert told["totals"]["succeeded"] == 3
    assert list(told)[:3] == ["id", "folder_id", "name"]
    assert plow.Node(idl.NodeT(id="n", tags={"b", "a"})).as_dict()["tags"] == ["a", "b"]
    assert plow.Folder(idl.FolderT(id="f", jobs=[ROW])).as_dict()["jobs"][0]["name"] == "sc020_light"


def test_ids_come_from_objects_or_ids_one_or_many():
    job = plow.Job(ROW)

    assert id_of(job) == id_of("j1") == "j1"
    assert ids_of(job) == ids_of("j1") == ids_of([job]) == ids_of(iter(["j1"])) == ["j1"]
    assert ids_of([]) == []
    assert ids_of(None) is None


def test_texts_are_one_or_many():
    assert texts_of("anna") == texts_of(("anna",)) == ["anna"]
    assert texts_of(None) is None


def test_members_come_by_themselves_number_or_label():
    running = plow.TaskState.RUNNING

    assert member_of(plow.TaskState, "running") is member_of(plow.TaskState, 2) is running
    assert members_of(plow.TaskState, running) == members_of(plow.TaskState, ["RUNNING"]) == [2]
    assert members_of(plow.TaskState, None) is None
    with pytest.raises(Invalid, match="'busy' is no TaskState"):
        members_of(plow.TaskState, ["busy"])
