"""A studio's own meters: what they say travels, what goes wrong with them harms nobody."""

import threading
from pathlib import Path

import pytest

from benchmarks.node_farm import wait_until
from rndaemon.meters.board import MOST, Board, Meter, checked, find, load

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples" / "meters"


@pytest.fixture
def folder(tmp_path):
    def put(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(text)
        return str(tmp_path)

    return put


def test_values_are_told_under_the_name_of_the_file(folder):
    path = folder(room="def measure():\n    return {'celsius': 21, 'doors.open': 2.5}\n")
    board = Board([path], every_s=60, limit_s=10)
    board.start()

    wait_until(board.values)
    assert board.values() == {"room.celsius": 21.0, "room.doors.open": 2.5}
    board.stop()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("def measure():\n    return 1 / 0\n", "ZeroDivisionError"),
        ("def measure():\n    raise SystemExit(3)\n", "SystemExit"),
        ("def measure():\n    return [1]\n", "returned list, not a dict"),
        ("def measure():\n    return {'a b': 1}\n", "'a b' cannot be the name"),
        ("def measure():\n    return {'a': 'hot'}\n", "ValueError"),
        ("x = 1\n", "no function measure"),
        ("def measure(:\n", "SyntaxError"),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
    ],
)
def test_a_meter_that_fails_is_named_once_and_harms_no_other(folder, caplog, text, why):
    board = Board([folder(bad=text, good="def measure():\n    return {'a': 1}\n")], every_s=0.01, limit_s=10)
    board.start()

    wait_until(lambda: board.values() == {"good.a": 1.0} and why in caplog.text)
    board.stop()
    assert caplog.text.count("meter failed") == 1


def test_a_meter_that_hangs_is_left_out_until_it_comes_back(monkeypatch, caplog):
    now = [0.0]
    monkeypatch.setattr("rndaemon.meters.board.time.monotonic", lambda: now[0])
    meter, began, goes_on = Meter(Path("slow.py"), 60, 10), threading.Event(), threading.Event()
    meter.measure(lambda: {"a": 1})

    def hang():
        began.set()
        goes_on.wait()
        return {"a": 2}

    thread = threading.Thread(target=meter.measure, args=(hang,))
    thread.start()
    began.wait()
    assert meter.values() == {"slow.a": 1.0}
    now[0] = 11.0
    assert meter.values() == {} and meter.values() == {}
    goes_on.set()
    thread.join()

    assert meter.values() == {"slow.a": 2.0}
    assert caplog.text.count("it takes longer than 10 s") == 1


def test_only_finite_values_travel_and_not_too_many(folder):
    assert checked("m", {"a": float("nan"), "b": float("inf"), "c": True}) == {"m.c": 1.0}
    text = "def measure():\n    return {f'v{n:03}': n for n in range(500)}\n"
    board = Board([folder(one=text, two=text)], 60, 10)
    board.start()
    wait_until(lambda: len(board.values()) == MOST)
    board.stop()

    assert next(iter(board.values())) == "one.v000" and set(board.values()) <= {
        f"one.v{n:03}" for n in range(101)
    }


def test_meters_are_the_python_files_of_the_folders(folder, tmp_path, caplog):
    path = folder(b="", a="", _hidden="")
    second = tmp_path / "more"
    second.mkdir()
    (second / "a.py").write_text("")
    (second / "notes.txt").write_text("")

    assert find([path, str(second), str(tmp_path / "gone")]) == [tmp_path / "a.py", tmp_path / "b.py"]
    assert "no folder of meters" in caplog.text


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_the_ready_meters_measure_this_machine(path):
    values = checked(path.stem, load(path)())

    assert all(value >= -100 for value in values.values())


def test_the_ready_meter_of_disks_tells_of_this_one():
    values = load(EXAMPLES / "disk_latency.py")()

    assert 0 < values["write_ms"] < 60_000
