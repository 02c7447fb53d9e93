import pytest

from plow_client.idl import AttemptEnd
from rndaemon.request import Request
from rndaemon.spool import Identity, Spool
from rndaemon.verdict import outcome_without_record, result_of, running_task

PROC = "0190a1b2-0000-7000-8000-000000000001"
REQUEST = Request(PROC, "t", "j", "l", ["true"], "/log", accepted_ms=5)


@pytest.fixture
def entry(tmp_path):
    spool = Spool(str(tmp_path))
    return spool.add(REQUEST)


def test_no_sign_of_a_shim_means_never_begun(entry):
    assert outcome_without_record(entry)["end"] == "ABORTED"


def test_a_shim_that_ended_before_the_command_is_told_with_its_complaint(entry):
    entry.write_shim(Identity(1, 2, "b"))
    with open(entry.open_complaint(), "wb") as file:
        file.write(b"Traceback\nMemoryError\n")

    outcome = outcome_without_record(entry)
    assert outcome["end"] == "NOT_STARTED" and outcome["reason"].endswith(": MemoryError")


def test_a_shim_that_died_later_leaves_the_end_unknown(entry):
    entry.write_shim(Identity(1, 2, "b"))
    entry.write_status({"phase": "running", "high_rss_mb": 9, "started_ms": 7})

    outcome = outcome_without_record(entry)
    assert (outcome["end"], outcome["max_rss_mb"], outcome["started_ms"]) == ("LOST", 9, 7)


def test_a_shim_that_had_to_be_killed_was_still_killed_on_request(entry):
    entry.write_status({"phase": "starting"})
    entry.write_kill({"reason": "enough", "end": "KILLED"})

    outcome = outcome_without_record(entry)
    assert (outcome["end"], outcome["reason"]) == ("KILLED", "enough")


def test_an_outcome_is_never_an_invented_success(entry):
    assert outcome_without_record(entry)["exit_status"] != 0


def test_a_signal_is_told_in_both_forms():
    result = result_of(REQUEST, {"exit_status": 1, "signal": 11, "end": "EXITED"})

    assert (result.exitStatus, result.signal, result.exitSignal) == (1, 11, -11)
    assert (result.endReason, result.startTime, result.reason) == (AttemptEnd.EXITED, 5, None)


def test_an_attempt_that_has_not_spoken_yet_can_be_told_of():
    task = running_task(REQUEST, {})

    assert (task.procId, task.pid, task.rssMb, task.diskIO, task.startTime) == (PROC, 0, 0, None, 5)


def test_many_cores_do_not_overflow_the_old_field():
    assert running_task(REQUEST, {"used_cores": 500.0}).cpuPercent == 32767
