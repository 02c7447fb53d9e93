"""`plow predictions` and get_prediction_quality: what is asked, and how it is shown."""

from __future__ import annotations

import pytest

import plow_client as plow
from plow_client import current, idl
from plow_client.cli.main import run
from tests.unit.plow_client.recorded import RecordedFarm

TOLD = idl.PredictionQualityT(
    serv="maya",
    attempts=48_210,
    medianRamRatio=0.87,
    withinRam=0.951,
    medianClockRatio=0.9,
    killedForMemory=6,
)


@pytest.fixture
def farm():
    farm = RecordedFarm(getPredictionQuality=[TOLD])
    current.use(farm)
    yield farm
    current.reconnect()


def test_quality_is_read_by_our_names(farm):
    (told,) = plow.get_prediction_quality(30)
    assert (told.serv, told.within_ram, told.killed_for_memory) == ("maya", 0.951, 6)


def test_the_command_shows_parts_as_people_say_them(farm, capsys):
    assert run(["predictions", "--days", "3"]) == 0
    shown = capsys.readouterr().out
    assert "maya" in shown and "95%" in shown and "0.87" in shown


@pytest.mark.parametrize("days", ["0", "4000", "x"])
def test_days_that_make_no_sense_are_refused_here(farm, days):
    assert run(["predictions", "--days", days]) == 2
