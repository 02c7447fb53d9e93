import json
import signal

import pytest

from rndaemon.request import Request
from rndaemon.shim.outcome import Cause, Ending, Evidence, judged, record, sentence, shown, signal_name
from rndaemon.spool import EXIT_BYTES

DIED = int(signal.SIGKILL)


def exited(status):
    return status << 8


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        (Evidence(exited(0)), (0, 0, "EXITED", "")),
        (Evidence(exited(3)), (3, 0, "EXITED", "")),
        (Evidence(int(signal.SIGSEGV)), (1, 11, "EXITED", "ended by signal 11 (SIGSEGV)")),
        (Evidence(None), (1, 0, "EXITED", "")),
        (Evidence(exited(0), Cause("KILLED", "enough")), (1, 0, "KILLED", "enough")),
        (Evidence(exited(7), Cause("KILLED", "enough")), (7, 0, "KILLED", "enough")),
        (Evidence(DIED, Cause("RUN_TIME", "long")), (1, 9, "RUN_TIME", "long")),
        (Evidence(int(signal.SIGTERM), Cause("DONE", "done")), (0, 0, "EXITED", "done")),
        (Evidence(exited(0), None, "ERROR", "bad"), (1, 0, "LOG_ERROR", "an error, says its log: bad")),
        (Evidence(exited(4), None, "ERROR", "bad"), (4, 0, "LOG_ERROR", "an error, says its log: bad")),
        (Evidence(exited(0), None, "LICENSE", "none"), (1, 0, "LICENSE", "no licence, says its log: none")),
        (Evidence(exited(5), None, "DONE", "done"), (5, 0, "EXITED", "")),
        (
            Evidence(exited(0), wrapper="rez-env", last_line="no such package"),
            (1, 0, "ENVIRONMENT", "'rez-env' failed before the command began: no such package"),
        ),
        (
            Evidence(DIED, out_of_memory=True),
            (1, 9, "MEMORY", "the kernel ended it because memory had run out"),
        ),
        (Evidence(exited(3), out_of_memory=True), (3, 0, "EXITED", "")),
    ],
)
def test_how_it_ended_is_told_as_it_was(seen, wanted):
    assert judged(seen, 2)._replace(line="") == Ending(*wanted, 2)


@pytest.mark.parametrize(
    ("seen", "line"),
    [
        (Evidence(exited(3), said="no camera"), "no camera"),
        (Evidence(int(signal.SIGSEGV), said="Fatal: stack"), "Fatal: stack"),
        (Evidence(exited(0), said="no camera"), ""),
        (Evidence(exited(1), None, "ERROR", "bad", said="Blender quit"), "bad"),
        (Evidence(DIED, Cause("LICENSE", "no licence"), "LICENSE", "none free"), "none free"),
        (Evidence(DIED, Cause("MEMORY", "used 9 GB of 8"), said="Fra:1"), ""),
        (Evidence(exited(0), wrapper="rez-env", said="no such package"), "no such package"),
    ],
)
def test_the_line_that_tells_why_is_that_of_a_rule_or_of_its_last_words(seen, line):
    assert judged(seen, 0).line == line


def test_only_an_end_without_fault_lets_the_next_command_run():
    assert Ending(0, 0, "EXITED", "").is_good
    for ending in (Ending(1, 0, "EXITED", ""), Ending(1, 9, "EXITED", ""), Ending(0, 0, "KILLED", "")):
        assert not ending.is_good


def test_even_the_longest_reason_fits_into_the_room_for_the_record():
    long = "\U0001f525" * 5000
    told = record(Ending(255, 64, "ENVIRONMENT", long, 999, long), 2**41, 2**41, 1e6)
    rest = {
        "cpu_ms": 2**40,
        "max_rss_mb": 2**20,
        "high_cores": 999.99,
        "disk": [2**50] * 4,
        "dropped_bytes": 2**50,
    }

    assert len(json.dumps({**told, **rest}, ensure_ascii=False).encode()) < EXIT_BYTES - 300


def test_a_footer_tells_how_it_went_and_what_it_took():
    told = record(Ending(3, 0, "EXITED", ""), 1, 2, 0.5) | {
        "cpu_ms": 400,
        "max_rss_mb": 70,
        "high_cores": 1.5,
        "disk": [1, 2, 3, 4],
        "warnings": 5,
    }
    plain = Request("p", "t", "j", "l", ["x"], "/log", host="n1", cores=2)
    lines = shown(plain, told)

    assert (lines["Exit status"], lines["MaxRSS"], lines["Cores"], lines["Warnings"]) == (3, "70 MB", 2, 5)
    assert lines["DiskIO"] == "1 reads, 3 bytes; 2 writes, 4 bytes"
    assert "Command" not in lines and "Reason" not in lines
    assert shown(plain._replace(more=[["y"]]), told | {"reason": "why"})["Reason"] == "why"


def test_faults_and_signals_are_words_for_people():
    assert sentence(FileNotFoundError(2, "No such file", "/a")) == "No such file: '/a'"
    assert sentence(OSError("just so")) == "just so"
    assert signal_name(9) == "signal 9 (SIGKILL)" and signal_name(99) == "signal 99"
