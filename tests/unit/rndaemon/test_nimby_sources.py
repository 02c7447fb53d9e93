"""What shows use: each decision with what its reader would say, and the readers with files of the test."""

import os
import subprocess
import sys

import pytest

from plow_client.config import load
from plow_client.errors import Invalid
from rndaemon.config import Config
from rndaemon.nimby import build, sources, xidle
from rndaemon.nimby.sources import Changes, Devices, EventDevices, Idle, Load, Users
from rndaemon.platform.tree import TICKS_PER_S, Process


def terminals(*looks):
    told = iter(looks)
    return Changes(lambda: next(told), "at a terminal", lambda path: path.rpartition("/")[2])


def test_a_terminal_that_is_typed_on_is_use_from_then_on():
    source = terminals({"/dev/anna": 5.0}, {"/dev/anna": 5.0}, {"/dev/anna": 9.0}, {"/dev/anna": 9.0})
    assert source.look(0) is None and source.look(10) is None

    assert source.look(20).text == "anna is at a terminal"
    assert source.look(50).age_s == 30


@pytest.mark.parametrize("after", [4.0, 9e9])
def test_a_wall_clock_that_jumps_makes_nothing_but_a_change(after):
    """Whichever way it went: what was typed is seen, and what was not is not."""
    source = terminals({"a": 5.0, "b": 6.0}, {"a": after, "b": 6.0}, {"a": after, "b": 6.0})
    source.look(0)
    assert source.look(10).who == "a"
    assert source.look(20).age_s == 10


def test_a_terminal_that_comes_is_use_and_one_that_goes_is_none():
    source = terminals({"a": 1.0}, {"a": 1.0, "b": 2.0}, {"a": 1.0}, {})
    source.look(0)
    assert source.look(10).who == "b"
    assert source.look(20).age_s == 10
    assert source.look(30).age_s == 20


def test_devices_tell_that_something_came():
    came = iter([False, True, False])
    source = Devices(lambda: next(came), lambda: "anna")

    assert source.look(0) is None
    assert source.look(5).age_s == 0
    assert source.look(9).age_s == 4


@pytest.mark.parametrize("told, age_s", [(None, None), (7.5, 7.5), (-3.0, 0.0)])
def test_a_system_that_counts_itself_is_believed(told, age_s):
    sign = Idle(lambda: told, lambda: "anna").look(100)

    assert (sign.age_s if sign else None) == age_s


def test_somebody_logged_in_is_use_unless_ignored():
    here = []
    source = Users(lambda: here, ["render"])
    assert source.look(0) is None
    here.append("render")
    assert source.look(0) is None
    here += ["bob", "anna"]
    assert source.look(0).text == "anna and bob are logged in"


def busy(cores, seconds):
    return int(cores * seconds * TICKS_PER_S)


def test_load_of_others_counts_when_it_lasts():
    ticks = {"now": 0}
    source = Load(lambda: {(7, 1): ticks["now"]}, cores=1.0, for_s=30)
    seen = []
    for second in range(0, 60, 10):
        seen.append(source.look(second))
        ticks["now"] += busy(2, 10)

    assert seen[:3] == [None, None, None]
    assert seen[3].age_s == 0 and seen[3].text == "load of other programs"


def test_a_burst_is_no_use():
    ticks = {"now": 0}
    source = Load(lambda: {(7, 1): ticks["now"]}, cores=1.0, for_s=30)
    for second in range(0, 600, 10):
        assert source.look(second) is None
        ticks["now"] += busy(3, 10) if second % 30 == 0 else 0


def test_a_pid_that_is_used_again_does_not_count_as_the_old_one():
    assert sources.foreign_cores({(7, 1): 0}, {(7, 2): 10**6}, 10) == 0


def test_what_is_ours_is_no_load():
    def process(pid, parent, ticks):
        return Process(pid, parent, "R", ticks, 1, 0)

    told = [(os.getpid(), 1, 5), (50, os.getpid(), 5), (60, 1, 5), (61, 60, 5), (70, 1, 9)]
    machine = {one[0]: process(*one) for one in told}

    assert sources.not_ours([60], machine) == {(70, 1): 9}


def test_the_machines_own_processes_can_be_read():
    assert all(ticks >= 0 for ticks in sources.not_ours([]).values())


LISTING = """
I: Bus=0011 Vendor=0001 Product=0001 Version=ab41
N: Name="AT Translated Set 2 keyboard"
H: Handlers=sysrq kbd event3 leds

N: Name="Lid Switch"
H: Handlers=event0

N: Name="USB Mouse"
H: Handlers=mouse0 event5
"""


def test_keyboards_and_mice_are_found_and_nothing_else():
    assert sources.person_devices(LISTING) == {"event3", "event5"}
    assert sources.person_devices("") == set()


def test_an_event_is_heard_once_and_a_device_that_goes_is_forgotten(tmp_path):
    """A pipe behaves as a device does: nothing to read yet, something, the end."""
    (tmp_path / "listing").write_text(LISTING)
    os.mkfifo(tmp_path / "event3")
    writer = os.open(tmp_path / "event3", os.O_RDWR | os.O_NONBLOCK)
    devices = EventDevices(str(tmp_path), str(tmp_path / "listing"))
    assert devices.readable() == 1  # event5 is not there: not ours to read
    assert not devices.any()
    os.write(writer, b"x" * 48)
    assert devices.any()
    assert not devices.any()
    os.close(writer)
    assert not devices.any()
    devices.close()
    assert EventDevices("/no", "/no/listing").readable() == 0


def test_readers_of_files_tell_times_and_owners(tmp_path):
    path = tmp_path / "use"
    assert sources.touched(path) == {}
    path.touch()
    assert set(sources.touched(path)) == set(sources.terminal_times([str(tmp_path / "*")])) == {str(path)}
    assert sources.owner_of(str(path)) == (sources.SOMEBODY if os.getuid() == 0 else os.environ.get("USER"))
    assert sources.owner_of(str(tmp_path / "gone")) == sources.SOMEBODY


def test_who_it_is_is_only_said_when_it_can_be_but_one():
    assert sources.seated(["anna"]) == "anna"
    assert sources.seated(["anna", "bob"]) == sources.seated([]) == "somebody"


# ---- X11 in a process of its own


class Xlib:
    """Stands in for libX11 and libXss."""

    class _Function:
        def __init__(self, result):
            self.result = result

        def __call__(self, *arguments):
            if callable(self.result):
                return self.result(*arguments)
            return self.result

    def __init__(self, display=1, idle_ms=None):
        def query(display, root, told):
            if idle_ms is None:
                return 0
            told._obj.idle_ms = idle_ms
            return 1

        self.XOpenDisplay = self._Function(display)
        self.XDefaultRootWindow = self._Function(42)
        self.XScreenSaverQueryInfo = self._Function(query)


def test_the_x_server_is_asked_for_milliseconds():
    fake = Xlib(idle_ms=1500)
    assert xidle.reader(fake, fake)() == 1.5
    assert xidle.reader(Xlib(), Xlib())() is None
    assert xidle.reader(Xlib(display=0), Xlib()) is None


def asker(code):
    return xidle.Asker([sys.executable, "-I", "-S", "-u", "-c", f"import sys\n{code}"])


def test_each_look_is_a_line_to_the_process_that_asks():
    asking = asker("for number, _ in enumerate(sys.stdin): print(number + 0.5)")
    assert [asking.idle_s() for _ in range(3)] == [0.5, 1.5, 2.5]
    asking.close()


def test_a_process_that_ends_is_started_again_after_a_while(monkeypatch):
    monkeypatch.setattr(xidle, "_RETRY_LOOKS", 2)
    asking = asker("sys.stdin.readline(); print(7)")
    seen = [asking.idle_s() for _ in range(5)]
    asking.close()

    assert seen == [7, None, None, None, 7]


@pytest.mark.parametrize(
    "code", ["sys.exit(1)", "for _ in sys.stdin: print()", "for _ in sys.stdin: print('?')"]
)
def test_an_x_server_that_says_nothing_is_no_sign(code):
    asking = asker(code)
    assert asking.idle_s() is None
    asking.close()


def test_one_that_hangs_does_not_hold_up_the_daemon(monkeypatch):
    monkeypatch.setattr(xidle, "ANSWER_WITHIN_S", 0.01)
    asking = asker("import time; time.sleep(60)")
    assert asking.idle_s() is None and asking._child is None


def test_without_a_display_the_process_ends_by_itself():
    done = subprocess.run([sys.executable, "-I", "-S", xidle.__file__], input=b"\n", env={}, timeout=20)
    assert done.returncode == 1


# ---- which there are


class Layer:
    name = "linux"

    def idle_s(self):
        return None


@pytest.mark.parametrize(
    "settings, system, expected",
    [
        ((), "linux", {"Changes", "Devices"}),
        ((), "macos", {"Idle"}),
        (("nimby.watch=",), "linux", set()),
        (("nimby.watch=users,load",), "linux", {"Users", "Load"}),
        (("nimby.watch=", "nimby.touch_file=/x"), "windows", {"Changes"}),
    ],
)
def test_settings_and_system_say_which_sources_there_are(monkeypatch, settings, system, expected):
    monkeypatch.delenv("DISPLAY", raising=False)
    layer = Layer()
    layer.name = system
    nimby = load(Config, overrides=settings, environ={}).value.nimby

    assert {type(one).__name__ for one in build.sources(nimby, layer, list, list)} == expected


def test_a_display_is_asked_too(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":7")
    nimby = load(Config, environ={}).value.nimby
    assert "Idle" in {type(one).__name__ for one in build.sources(nimby, Layer(), list, list)}


@pytest.mark.parametrize(
    "override, why",
    [
        ("nimby.watch=input,coffee", "'coffee': expected one of input, users, load"),
        ("nimby.busy=whenever", "expected days, times or both"),
        ("nimby.free=sat,mon-", "expected days, times or both"),
        ("nimby.recall=later", "nimby.recall"),
    ],
)
def test_settings_that_make_no_sense_are_said(override, why):
    with pytest.raises(Invalid, match=why):
        load(Config, overrides=[override], environ={})
