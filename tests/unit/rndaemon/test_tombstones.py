import os
import time

from rndaemon.daemon import steady_clock
from rndaemon.tombstones import Tombstones

FIRST = "0190a1b2-0000-7000-8000-000000000001"
SECOND = "0190a1b2-0000-7000-8000-000000000002"
HOUR = 3600.0


class Clock:
    now = 1000 * HOUR

    def __call__(self):
        return self.now


def test_what_is_buried_stays_so_after_a_restart(tmp_path):
    Tombstones(str(tmp_path)).add([FIRST])

    again = Tombstones(str(tmp_path))
    assert FIRST in again and SECOND not in again


def test_a_day_later_it_is_forgotten(tmp_path):
    clock = Clock()
    tombstones = Tombstones(str(tmp_path), clock)
    tombstones.add([FIRST])
    clock.now += 24 * HOUR
    tombstones.add([])
    assert FIRST in tombstones
    clock.now += HOUR
    tombstones.add([SECOND])

    assert FIRST not in tombstones and len(tombstones) == 1
    assert os.listdir(tmp_path / "tombstones") == ["1025"]


def test_a_line_cut_off_by_a_crash_harms_no_other(tmp_path):
    clock = Clock()
    Tombstones(str(tmp_path), clock).add([FIRST])
    with open(tmp_path / "tombstones" / "1000", "a") as file:
        file.write("0190a1b2-0000")
    Tombstones(str(tmp_path), clock).add([SECOND])

    again = Tombstones(str(tmp_path), clock)
    assert FIRST in again and SECOND in again and len(again) == 2


def test_one_is_buried_once(tmp_path):
    tombstones = Tombstones(str(tmp_path), Clock())
    tombstones.add([FIRST])
    tombstones.add([FIRST])

    assert (tmp_path / "tombstones" / "1000").read_text().split() == [FIRST]


def test_a_wall_clock_that_is_put_right_makes_no_tombstone_older(tmp_path, monkeypatch):
    clock = steady_clock()
    tombstones = Tombstones(str(tmp_path), clock)
    tombstones.add([FIRST])
    monkeypatch.setattr(time, "time", lambda: clock() + 3 * 86_400)
    tombstones.add([SECOND])

    assert FIRST in tombstones
