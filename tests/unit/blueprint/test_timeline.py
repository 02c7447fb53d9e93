"""The table at the end of the demo."""

from __future__ import annotations

from blueprint.timeline import Ran, table


def test_each_task_has_its_place_on_the_clock():
    rows = [
        Ran("0001-a", "node-1", 1000, 2000, "SUCCEEDED"),
        Ran("0002-a", "node-2", 2000, 3000, "DEAD"),
    ]

    assert table(rows) == [
        "task    node      start     took",
        "0001-a  node-1     0.0s     1.0s  ████████████████",
        "0002-a  node-2     1.0s     1.0s                  ████████████████  DEAD",
        "",
        "node-1: 1 task, 1.0 s of work",
        "node-2: 1 task, 1.0 s of work",
        "2.0 s of work done in 2.0 s",
    ]


def test_a_task_that_never_ran_has_no_line():
    assert table([Ran("0001-a", "", 0, 0, "DEPEND")]) == ["nothing ran"]
