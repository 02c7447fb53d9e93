"""What nodes say, as the procedures want it."""

from __future__ import annotations

import pytest

from plow_client.errors import Invalid
from plow_client.idl import AttemptEnd, DiskIO, DiskT, GpuT, Hardware, Ping, RunningTask, RunTaskResult
from plow_server.handlers.rnd import ending_of, endings_of, ping_columns, use_columns

PROC = "01a1f803-dc73-7379-92e0-6fe95d54fd63"


def result(**told: object) -> RunTaskResult:
    return RunTaskResult(**{"procId": PROC, "taskId": PROC, "jobId": PROC, "exitStatus": 0, **told})  # type: ignore[arg-type]


def ping(**told: object) -> Ping:
    hw = Hardware(physicalCpus=8, logicalCpus=16, totalRamMb=8096, freeRamMb=8000, load=[1.0])
    return Ping(**{"hostname": "n1", "ipAddr": "10.0.0.1", "hw": hw, "tasks": [], **told})  # type: ignore[arg-type]


def test_a_result_of_our_own_node():
    told = result(
        exitStatus=3, signal=9, endReason=AttemptEnd.MEMORY, reason="too big", maxRssMb=7, clockMs=5, cpuMs=4
    )
    ending = ending_of(told)
    assert (ending.proc, ending.end, ending.status, ending.signal) == (PROC, "MEMORY", 3, 9)
    assert (ending.reason, ending.high_ram, ending.clock_ms, ending.cpu_ms) == ("too big", 7, 5, 4)


@pytest.mark.parametrize(
    ("sent", "end", "signal"), [(None, "EXITED", 0), (-9, "EXITED", 9), (86, "SHUTDOWN", 86)]
)
def test_a_result_of_a_node_of_plow_2013(sent: int | None, end: str, signal: int):
    ending = ending_of(result(exitStatus=1, exitSignal=sent))
    assert (ending.end, ending.signal) == (end, signal)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"exitStatus": None}, "has no exit status"),
        ({"procId": "x"}, "'x' is not an id"),
        ({"procId": None}, "'None' is not an id"),
        ({"endReason": 77}, "unknown end 77"),
    ],
)
def test_a_result_without_sense_is_refused(told: dict[str, object], why: str):
    with pytest.raises(Invalid, match=why):
        ending_of(result(**told))


def test_there_is_a_most_of_results():
    with pytest.raises(Invalid, match="1001 results at once"):
        endings_of([result()] * 1001)


def test_an_old_node_offers_its_cpus_and_most_of_its_memory():
    told = ping_columns(ping(), "n1:11338")
    assert (told["p_cores"], told["p_ram"], told["p_held"]) == (8, 7712, [])
    assert told["p_load"] == [1.0, 0.0, 0.0]


def test_our_node_says_what_it_offers_and_holds():
    running = RunningTask(procId=PROC, rssMb=1)
    told = ping_columns(
        ping(cores=3, ramMb=500, procIds=[PROC], tasks=[running], bootTime=1_700_000_000), "a:1"
    )
    assert (told["p_cores"], told["p_ram"], told["p_held"]) == (3, 500, [PROC])
    assert str(told["p_boot_time"]) == "2023-11-14 22:13:20+00:00"


def test_a_ping_without_a_name_is_refused():
    with pytest.raises(Invalid, match="without a host name"):
        ping_columns(ping(hostname=""), "a:1")


def test_a_boot_time_that_no_calendar_has_is_not_said():
    assert ping_columns(ping(bootTime=1 << 62), "a:1")["p_boot_time"] is None


def test_measurements_become_columns():
    disk = DiskIO(readCount=1, writeCount=2, readBytes=3, writeBytes=4)
    told = use_columns([
        RunningTask(procId=PROC, rssMb=5, highRssMb=9, usedCores=1.5, progress=0.256, lastLog="a", diskIO=disk),
        RunningTask(procId=PROC, rssMb=5, cpuPercent=250, progress=7.0),
    ])  # fmt: skip
    assert told["p_rss"] == [5, 5]
    assert told["p_high_rss"] == [9, 5]
    assert told["p_cores"] == [1.5, 2.5]
    assert told["p_progress"] == [26, 100]
    assert told["p_io"] == [1, 2, 3, 4, 0, 0, 0, 0]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), -1.0, 1e300])
def test_impossible_numbers_are_brought_into_bounds(number: float):
    told = use_columns([RunningTask(procId=PROC, progress=number, usedCores=number, rssMb=-5)])
    assert told["p_progress"][0] in (0, 100)  # type: ignore[index]
    assert told["p_cores"][0] in (0.0, 32767.0)  # type: ignore[index]
    assert told["p_rss"] == [0]
    ending = ending_of(result(highCores=number, clockMs=2**63 - 1, cpuMs=2**63 - 1, maxRssMb=-1))
    assert ending.high_cores in (0.0, 32767.0)
    assert (ending.clock_ms, ending.cpu_ms, ending.high_ram) == (366 * 86_400_000, 366 * 86_400_000, 0)
    hw = Hardware(physicalCpus=8, logicalCpus=16, totalRamMb=8096, freeRamMb=8000, load=[number])
    assert ping_columns(ping(hw=hw), "a:1")["p_load"][0] in (0.0, 1e6)  # type: ignore[index]


def test_a_node_tells_of_its_machine():
    told = ping_columns(
        ping(
            os="linux",
            arch="x86_64",
            gpus=[GpuT(index=0, model="A\0B", memoryMb=24000, freeMemoryMb=10)],
            disks=[DiskT(path="/scratch", totalMb=9, freeMb=5)],
            users=["bob", "anna", "bob"],
            metrics={"temperature": 40.5, "fan": float("nan")},
            awayReason="anna works here",
            complaints=["no\0 reboot"],
        ),
        "a:1",
    )
    assert (told["p_os"], told["p_arch"], told["p_away_reason"]) == ("linux", "x86_64", "anna works here")
    assert told["p_gpus"].obj == [{"index": 0, "model": "AB", "memoryMb": 24000, "freeMemoryMb": 10}]  # type: ignore[attr-defined]
    assert told["p_disks"].obj == [{"path": "/scratch", "totalMb": 9, "freeMb": 5}]  # type: ignore[attr-defined]
    assert (told["p_users"], told["p_complaints"]) == (["anna", "bob"], ["no reboot"])
    assert told["p_metrics"].obj == {"temperature": 40.5}  # type: ignore[attr-defined]


def test_what_a_node_does_not_tell_is_unset():
    told = ping_columns(ping(awayReason=""), "a:1")
    for name in ("os", "arch", "gpus", "disks", "users", "metrics", "away_reason", "complaints"):
        assert told[f"p_{name}"] is None


def test_what_a_node_tells_too_much_of_is_cut():
    told = ping_columns(
        ping(
            gpus=[GpuT()] * 70,
            users=[f"u{n}" for n in range(70)],
            metrics={f"m{n}": 1.0 for n in range(200)},
            awayReason="x" * 9999,
            complaints=["x" * 9999] * 99,
        ),
        "a:1",
    )
    assert len(told["p_gpus"].obj) == len(told["p_users"]) == 64  # type: ignore[attr-defined,arg-type]
    assert len(told["p_metrics"].obj) == 100  # type: ignore[attr-defined]
    assert len(told["p_away_reason"]) == 255  # type: ignore[arg-type]
    assert [len(said) for said in told["p_complaints"]] == [1024] * 64  # type: ignore[attr-defined]


def test_a_result_says_which_command_ran_last():
    ending = ending_of(result(commandIndex=2, warnings=7, endReason=AttemptEnd.LOG_ERROR))
    assert (ending.end, ending.command_index, ending.warnings) == ("LOG_ERROR", 2, 7)
    assert ending_of(result()).warnings is None


def test_the_line_that_tells_why_is_kept_to_a_length():
    assert ending_of(result(failureLine="no camera\0")).failure_line == "no camera"
    assert len(ending_of(result(failureLine="x" * 900)).failure_line) == 500
    assert ending_of(result()).failure_line == ""


def test_words_lose_what_the_database_does_not_take():
    assert use_columns([RunningTask(procId=PROC, lastLog="a\0b" + 9999 * "c")])["p_last_log"] == [
        "ab" + 4094 * "c"
    ]
    assert ending_of(result(reason="\0")).reason == ""
