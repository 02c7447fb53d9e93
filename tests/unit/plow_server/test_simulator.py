"""Farms in virtual time: shares, debts, big tasks, and what must never happen."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from benchmarks.shares import SIZES, endless, shares_of, watched
from plow_client.errors import Invalid
from plow_server.main import cli
from plow_server.simulator.booking import UNKNOWN_S
from plow_server.simulator.clockwork import Clockwork, Policy, Spell
from plow_server.simulator.comparing import simulate, table, with_settings
from plow_server.simulator.reading import make_world, read_world
from plow_server.simulator.watch import Watch
from plow_server.simulator.world import Drawn, Past, World

FARM = Path(__file__).parents[3] / "etc/farm.yaml"

# -------------------- shares


def test_projects_with_endless_work_hold_their_shares_after_an_hour():
    assert shares_of(endless(1.0, cores=16), 1.0) == pytest.approx(dict.fromkeys(SIZES, 1.0), abs=0.05)


def two_projects(rests_s: float, cores: int = 64) -> World:
    """One works from the start, the other comes after it has rested; equal sizes."""
    layer = {"name": "frames", "tasks": 100_000, "time": 20, "spread": 0, "ram": 1}
    jobs = [
        {"name": "worker", "project": "worker", "layers": [layer]},
        {"name": "rester", "project": "rester", "at": rests_s, "layers": [layer]},
    ]
    projects = [{"name": name, "size": 100} for name in ("worker", "rester")]
    return make_world(
        {"nodes": [{"name": "n", "cores": cores, "ram": 9000}], "projects": projects, "jobs": jobs}, 1
    )


def test_a_debt_is_halved_in_half_a_half_life_when_both_work_again():
    half_h, run = 1.0, {}

    def see(spell: Spell) -> None:
        quarter = int(spell.begins / 900)
        for project, cores in spell.run_cores.items():
            run[project, quarter] = (
                run.get((project, quarter), 0.0) + cores * (spell.ends - spell.begins) / 900
            )

    clock = Clockwork(two_projects(3600.0), Policy(share_half_life_h=half_h), see=see).run(3600.0)
    debt = [clock.used["worker.default"] - clock.used["rester.default"]]
    for minutes in (90, 120):
        clock.run(minutes * 60.0)
        debt.append(clock.used["worker.default"] - clock.used["rester.default"])

    assert debt[1] / debt[0] == pytest.approx(0.5, abs=0.05)
    assert debt[2] / debt[0] == pytest.approx(0.25, abs=0.05)
    assert run["rester", 4] > 1.9 * run["worker", 4], "whoever is owed gets more"
    assert run["rester", 7] < 1.5 * run["worker", 7], "and less and less"


def test_a_debt_is_forgotten_by_half_in_each_half_life():
    layer = {"name": "frames", "tasks": 64, "time": 600, "spread": 0}
    told = {
        "nodes": [{"name": "n", "cores": 64, "ram": 90000}],
        "projects": [{"name": "p"}],
        "jobs": [{"name": "j", "project": "p", "layers": [layer]}],
    }
    clock = Clockwork(make_world(told, 1), Policy(share_half_life_h=1.0)).run(600.0)
    kept = 0.5 ** (600 / 3600)
    assert clock.used["p.default"] == pytest.approx(64 * 3600 / math.log(2) * (1 - kept))
    owed = clock.used["p.default"]
    clock.run(600.0 + 7200.0)
    assert clock.used["p.default"] == pytest.approx(owed / 4)


# -------------------- big tasks


def test_a_task_as_large_as_a_node_starts_within_its_reservation_among_endless_small_ones():
    run = Clockwork(endless(0.4, big_at=600.0)).run(1440.0)
    kept = next(one for one in run.reserved if one.layer_id == "big.1/sim")
    began = next(one.began for one in run.ended if one.cores == 64)
    assert kept.made <= 600 + 2 * run.policy.reserve_after_s
    assert began <= kept.starts
    assert [one.layer_id for one in run.reserved] == ["big.1/sim"], "small ones need none"


def test_without_reservations_it_never_starts():
    run = Clockwork(endless(0.3, big_at=100.0), Policy(reserve_most=0)).run(1000.0)
    assert run.reserved == []
    assert not [one for one in run.ended if one.cores == 64]


def crowded(**big: Any) -> World:
    """A node full of tasks of a minute, more of them than can be done, and one as large as the node."""
    small = {"name": "small", "tasks": 10_000, "time": "1m", "ram": 1}
    big = {"name": "big", "tasks": 1, "cores": 16, "time": "2m", "ram": 1, **big}
    jobs = [
        {"name": "small", "project": "p", "layers": [small]},
        {"name": "big", "project": "p", "at": "5m", "layers": [big]},
    ]
    node = {"name": "n", "count": 2, "cores": 16, "ram": 9000, "gpus": 2}
    return make_world({"nodes": [node], "projects": [{"name": "p", "burst": 99}], "jobs": jobs}, 1)


@pytest.mark.parametrize(
    "big",
    [{}, {"cores": 1, "whole_node": True}, {"cores": 12, "gpus": 2}, {"ram": 8990}, {"cores": 8, "tasks": 6}],
    ids=["cores", "whole node", "devices", "memory", "several"],
)
def test_whatever_is_large_of_it_a_node_is_kept_until_it_starts(big: dict[str, Any]):
    run = Clockwork(crowded(**big)).run(3600.0)
    assert [one for one in run.ended if one.layer == "big.1/big"]
    waits = [one.began - one.waits_since for one in run.ended if one.layer == "big.1/big"]
    assert len(waits) == big.get("tasks", 1)
    assert min(waits) < 60 * 4


@pytest.mark.parametrize("reserve_most", [8, 0])
def test_a_large_task_starts_under_a_cap_that_endless_small_ones_fill(reserve_most: int):
    small = {"name": "frames", "tasks": 10_000, "time": 30}
    big = {"name": "sim", "tasks": 1, "cores": 4, "time": 60}
    told = {
        "nodes": [{"name": "n", "cores": 64, "ram": 90000}],
        "projects": [{"name": "p", "burst": 4}],
        "jobs": [
            {"name": "small", "project": "p", "layers": [small]},
            {"name": "big", "project": "p", "at": 60, "layers": [big]},
        ],
    }
    watch = Watch()
    clock = Clockwork(make_world(told, 1), Policy(reserve_most=reserve_most), judge=watch.judge).run(3600.0)

    began = [one.began for one in clock.ended if one.cores == 4]
    assert bool(began) == bool(reserve_most)
    assert not began or began[0] < 60 + 30 + 2 * 60, "patience, and two of the small ones"
    assert watch.faults == []


def test_what_is_over_by_then_runs_on_a_kept_node_meanwhile():
    world = crowded()
    long = {"name": "long", "tasks": 4, "cores": 4, "time": "20m", "spread": 0, "ram": 1}
    more = make_world(
        {
            "nodes": [{"name": "m", "cores": 1, "ram": 1}],
            "projects": [{"name": "p"}],
            "jobs": [{"name": "long", "project": "p", "layers": [long]}],
        },
        1,
    )
    world = replace(world, arrivals=[*more.arrivals, *world.arrivals])
    run = Clockwork(world).run(3600.0)
    big = next(one for one in run.reserved if one.layer_id == "big.1/big")
    meanwhile = [one for one in run.ended if one.node == big.node_id and big.made < one.began < big.starts]
    assert meanwhile, "small ones fill what the long ones leave"
    assert max(one.ended for one in meanwhile) <= big.starts + UNKNOWN_S


# -------------------- farms by chance


@pytest.mark.parametrize("seed", range(12))
def test_no_inversion_no_starvation_no_breach_in_farms_by_chance(seed: int):
    watch, _ = watched(seed, hours=0.5)
    assert watch.faults == []


def test_the_watch_sees_what_it_is_there_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("plow_server.planner._Pass._passed", lambda self: [])
    starved = sum(watched(seed)[0].starvation for seed in range(8))
    monkeypatch.undo()
    monkeypatch.setattr(
        "plow_server.planner.job_key", lambda job, *tiers: (job.priority, *tiers, job.age, job.id)
    )
    inverted = sum(watched(seed)[0].inversion for seed in range(8))
    monkeypatch.undo()
    monkeypatch.setattr("plow_server.planner._Quota.left", lambda self: 1 << 30)
    breached = sum(watched(seed)[0].breach for seed in range(8))
    assert min(starved, inverted, breached) > 0


# -------------------- the command


def run_simulate(*words: str) -> str:
    outcome = CliRunner().invoke(cli, ["simulate", *words], catch_exceptions=False)
    assert outcome.exit_code == 0
    return outcome.output


def test_the_sample_farm_prints_the_same_twice():
    first, second = (run_simulate(str(FARM), "--hours", "1", "--seed", "7") for _ in range(2))
    assert first == second
    assert first != run_simulate(str(FARM), "--hours", "1", "--seed", "8")
    for word in ("cores in use", "share of feature", "of 8-31 cores", "idle on kept nodes"):
        assert word in first


def test_policies_stand_side_by_side_and_start_from_the_same_farm():
    text = run_simulate(
        str(FARM), "--hours", "0.7", "--json", "--policy", "visit=8", "--compare", "reserve_most=0,visit=2",
        "--compare", "visit=8",
    )  # fmt: skip
    own, other, same = json.loads(text)
    assert (own["policy"]["visit"], own["policy"]["reserve_most"]) == (8, 8)
    assert (other["policy"]["visit"], other["policy"]["reserve_most"]) == (2, 0)
    assert other["kept_nodes"] == 0 < own["kept_nodes"]
    assert same == own


def test_figures_add_up():
    figures = simulate(crowded(), Policy(), 3600.0)
    assert figures.shares["p"].percent == pytest.approx(100)
    assert figures.utilisation == pytest.approx(100 * figures.shares["p"].core_hours / 32)
    assert figures.idle_core_hours + figures.shares["p"].core_hours == pytest.approx(32)
    assert sum(figures.timeline["p"]) / 240 == pytest.approx(figures.shares["p"].core_hours)
    assert figures.waits.tasks == sum(one.tasks for one in figures.waits_by_size.values())
    assert any("of 8-31 cores" in line for line in table([figures]))


def test_failed_attempts_run_again_and_are_counted_as_waste():
    layer = {"name": "frames", "tasks": 40, "time": 60, "spread": 0, "failures": 0.5}
    told = {
        "nodes": [{"name": "n", "cores": 4, "ram": 9000}],
        "projects": [{"name": "p"}],
        "jobs": [{"name": "j", "project": "p", "layers": [layer]}],
    }
    figures = simulate(make_world(told, 3), Policy(), 36_000.0)
    assert (figures.tasks, figures.waiting) == (40, 0)
    assert figures.attempts > 50
    assert figures.failed_core_hours == pytest.approx((figures.attempts - 40) / 60)


def test_the_chart_is_a_picture_of_every_project_and_policy(tmp_path: Path):
    run_simulate(
        str(FARM), "--hours", "1", "--step", "1", "--compare", "visit=1", "--chart", str(tmp_path / "it.svg")
    )
    drawn = ElementTree.parse(tmp_path / "it.svg").getroot()
    paths = drawn.findall(".//{http://www.w3.org/2000/svg}path")
    assert [path[0].text for path in paths] == ["feature", "series", "advert"] * 2


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ((), "simulate a FARM.yaml or the --history of a day"),
        ((str(FARM), "--history", "2026-01-01"), "simulate a FARM.yaml or the --history of a day"),
        (("--history", "yesterday"), "'yesterday' is not a day such as 2026-11-19"),
        (("nowhere.yaml",), "'nowhere.yaml' cannot be read"),
        ((str(FARM), "--policy", "luck=3"), "'luck=3' is no setting of a policy"),
        ((str(FARM), "--compare", "visit=few"), "'few' is not a number"),
        ((str(FARM), "--compare", "visit=0"), "too small or too large"),
        ((str(FARM), "--hours", "0.1", "--chart", "/nowhere/it.svg"), "the chart cannot be written"),
    ],
)
def test_what_is_asked_wrongly_is_named(words: tuple[str, ...], fault: str):
    outcome = CliRunner().invoke(cli, ["simulate", *words])
    assert isinstance(outcome.exception, Invalid)
    assert fault in outcome.exception.why


# -------------------- the file


def told(**changes: Any) -> dict[str, Any]:
    farm: dict[str, Any] = {
        "nodes": [{"name": "n", "cores": 4, "ram": 9000}],
        "projects": [{"name": "p"}],
        "jobs": [{"name": "j", "project": "p", "layers": [{"name": "l", "tasks": 1}]}],
    }
    return farm | changes


def a_layer(**more: Any) -> dict[str, Any]:
    return told(jobs=[{"name": "j", "project": "p", "layers": [{"name": "l", "tasks": 1, **more}]}])


@pytest.mark.parametrize(
    ("farm", "fault"),
    [
        (told(nodes=[]), "'nodes' is not a list of mappings"),
        (told(nodes=[{"name": "n", "cores": 4, "ram": 9000, "disk": 1}]), "a node has no 'disk'"),
        (told(nodes=[{"name": "n", "cores": 0, "ram": 9000}]), "'cores' is 0; a whole number, 1 or more"),
        (told(nodes=[{"name": "n", "cores": 4, "ram": 9000}] * 2), "node 'n' is there twice"),
        (
            told(jobs=[{"name": "j", "project": "q", "layers": [{"name": "l", "tasks": 1}]}]),
            "'q', which is not there",
        ),
        (told(weather="fair"), "a world has no 'weather'"),
        (told(limits=[{"name": "m", "total": 1, "per": "CORE"}]), "one of TASK, NODE, USER is needed"),
        (a_layer(limits=["nuke"]), "limit 'nuke', which is not there"),
        (a_layer(time="soon"), "'time' is 'soon'"),
        (a_layer(time=0), "'time' is 0"),
        (a_layer(failures=1.0), "'failures' is 1.0; a number from 0 to 0.9"),
        (a_layer(known="perhaps"), "true or false is needed"),
        (a_layer(tags="render"), "a list of texts is needed"),
        (a_layer(name=""), "a text is needed"),
    ],
)
def test_a_fault_of_the_file_is_named(farm: dict[str, Any], fault: str):
    with pytest.raises(Invalid) as caught:
        make_world(farm, 1)
    assert fault in caught.value.why


def test_the_sample_farm_has_all_that_it_says():
    world = read_world(FARM, 1)
    assert sum(node.cores for node in world.nodes) == 816
    assert {quota.project_id: quota.burst for quota in world.quotas} == {
        "feature": 816,
        "series": 816,
        "advert": 300,
    }
    assert world.limits[0].per == "NODE"
    gpu = next(node for node in world.nodes if node.id == "gpu1")
    assert (gpu.gpus, gpu.exclusive) == ({0: 24000, 1: 24000}, {"gpu"})


def test_times_have_units():
    world = make_world(told(jobs=[{"name": "j", "project": "p", "at": "1.5h", "count": 3, "every": "2m",
                                   "layers": [{"name": "l", "tasks": 1}]}]), 1)  # fmt: skip
    assert [arrival.at_s for arrival in world.arrivals] == [5400, 5520, 5640]


def test_a_policy_is_that_of_the_settings_but_for_what_is_said():
    policy = with_settings(Policy(), "visit=2 share_half_life_h=0.5")
    assert policy == Policy(visit=2, share_half_life_h=0.5)


def test_what_really_happened_happens_again():
    world = make_world(a_layer(tasks=3, cores=4), 1)
    arrival = world.arrivals[0]
    past = Past([Drawn(10.0, True), Drawn(20.0, False), Drawn(30.0, True), Drawn(5.0, True)])
    world = replace(world, arrivals=[replace(arrival, times={"j.1/l": past})])
    run = Clockwork(world).run(1000.0)
    assert [(one.began, one.ended, one.succeeded) for one in run.ended] == [
        (0, 10, True), (10, 30, False), (30, 60, True), (60, 65, True),
    ]  # fmt: skip
