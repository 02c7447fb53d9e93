"""How attempts run: settings of a service and its layers, set_layer_run, and what a node is told of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from plow_client.errors import NotFound
from plow_client.idl import LayerT, RunSettingsT, ServiceT
from plow_server import growth
from plow_server.command import run_task_command
from plow_server.config import Limit
from plow_server.database import Database, Json
from plow_server.handlers import service
from plow_server.handlers.layer import get_layer_by_id, set_layer_run
from plow_server.handlers.service import get_services
from tests.sql.farm import Farm
from tests.sql.launching import launch, layer

NOBODY = "00000000-0000-0000-0000-000000000000"


def create_service(db: Database, preset: ServiceT) -> ServiceT:
    return service.create_service(db, preset, limit=Limit())


def beauty(db: Database, **fields: Any) -> LayerT:
    return get_layer_by_id(db, launch(db, layer(**fields)).layers["beauty"])


def order(farm: Farm, db: Database, layer_id: str) -> Any:
    """What the node is told of the layer's first task."""
    (proc,) = farm.book((UUID(layer_id), farm.node(cores=64, ram=65536), 1))
    return run_task_command(db.all("start_orders", procs=[proc["proc_id"]])[0], 10)


def test_what_nobody_says_is_unset(farm: Farm, db: Database) -> None:
    made = beauty(db)

    assert (made.run, made.killGraceS) == (None, None)
    told = order(farm, db, made.id)
    assert (told.run, told.memoryLimitMb, told.taskTypes, told.killGraceS) == (None, None, ["default"], 10)


def test_a_layer_says_it_over_its_service_and_an_empty_list_takes_away(farm: Farm, db: Database) -> None:
    preset = RunSettingsT(maxRunS=60, maxSilenceS=5, wrapper=["rez", "maya"], logRules=["maya"])
    create_service(db, ServiceT(name="maya", run=preset, killGraceS=20, maxRam=9000))

    made = beauty(db, serv="maya", run=RunSettingsT(maxRunS=0, wrapper=[]))

    assert made.run == RunSettingsT(maxRunS=0, maxSilenceS=5, logRules=["maya"])
    told = order(farm, db, made.id)
    assert (told.run, told.taskTypes) == (made.run, ["maya"])
    assert (told.killGraceS, told.memoryLimitMb) == (20, 9000)


def test_a_service_keeps_what_it_presets_and_takes_it_back(farm: Farm, db: Database) -> None:
    made = create_service(db, ServiceT(name="maya", run=RunSettingsT(niceness=5, logRules=[]), killGraceS=0))
    assert (made.run, made.killGraceS) == (RunSettingsT(niceness=5), 0)

    service.update_service(db, ServiceT(id=made.id, name="maya"), limit=Limit())

    assert get_services(db) == [ServiceT(id=made.id, name="maya")]


def test_a_setting_is_changed_alone_and_taken_away_by_an_empty_list(farm: Farm, db: Database) -> None:
    made = beauty(db, run=RunSettingsT(maxRunS=60, logRules=["maya"], moreCommands=[["a", "b"]]))

    set_layer_run(db, made.id, RunSettingsT(maxRunS=90, logRules=[]), limit=Limit())
    assert get_layer_by_id(db, made.id).run == RunSettingsT(maxRunS=90, moreCommands=[["a", "b"]])

    set_layer_run(db, made.id, RunSettingsT(), limit=Limit())
    assert get_layer_by_id(db, made.id).run == RunSettingsT(maxRunS=90, moreCommands=[["a", "b"]])


def test_where_the_last_setting_is_taken_away_none_is_left(farm: Farm, db: Database) -> None:
    made = beauty(db, run=RunSettingsT(wrapper=["rez"]))

    set_layer_run(db, made.id, RunSettingsT(wrapper=[]), limit=Limit())

    assert get_layer_by_id(db, made.id).run is None


def test_who_changed_the_settings_is_kept(farm: Farm, db: Database) -> None:
    made = beauty(db)

    set_layer_run(db, made.id, RunSettingsT(niceness=3), limit=Limit())

    (row,) = farm.execute("select field, old, new from plow.blame where object_id = %s", made.id)
    assert row == {"field": "run", "old": None, "new": '{"niceness": 3}'}


def test_a_layer_that_is_not_there_is_named(db: Database) -> None:
    with pytest.raises(NotFound, match="no layer '0000"):
        db.run("set_layer_run", p_layer=NOBODY, p_run=Json({"niceness": 1}))


def test_another_service_brings_its_settings_over_the_layers(farm: Farm, db: Database) -> None:
    made = beauty(db, run=RunSettingsT(maxRunS=60, niceness=1), killGraceS=3)
    create_service(db, ServiceT(name="maya", run=RunSettingsT(maxRunS=90), killGraceS=4))

    db.run("set_layer_service", p_layer=made.id, p_service="maya")

    told = get_layer_by_id(db, made.id)
    assert (told.run, told.killGraceS) == (RunSettingsT(maxRunS=90, niceness=1), 4)


@pytest.mark.parametrize("by", ["launch", "setter", "service"])
def test_memory_is_limited_where_somebody_said_how_much(farm: Farm, db: Database, by: str) -> None:
    made = beauty(db, **({"maxRam": 4000} if by == "launch" else {}))
    if by == "setter":
        db.run("set_layer", p_layer=made.id, p_max_ram=4000)
    elif by == "service":
        create_service(db, ServiceT(name="maya", maxRam=4000))
        db.run("set_layer_service", p_layer=made.id, p_service="maya")

    assert order(farm, db, made.id).memoryLimitMb == 4000


def test_what_the_server_raises_by_itself_limits_nothing(farm: Farm, db: Database) -> None:
    made = beauty(db)
    db.run("set_layer", p_layer=made.id, p_min_ram=30_000)

    assert order(farm, db, made.id).memoryLimitMb is None


def test_layers_that_are_added_later_have_settings_too(farm: Farm, db: Database) -> None:
    job = launch(db)

    (made,) = growth.append_layers(db, job.id, [layer("comp", run=RunSettingsT(maxLogMb=5))], Limit())

    assert get_layer_by_id(db, made).run == RunSettingsT(maxLogMb=5)
