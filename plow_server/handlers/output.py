"""Calls about outputs."""

from __future__ import annotations

from plow_client.errors import NotFound
from plow_client.idl import OutputT
from plow_server.config import Limit
from plow_server.database import Database
from plow_server.handlers.arguments import Id
from plow_server.rows import maker
from plow_server.wording import check_attrs, check_path

_output = maker(OutputT)


def add_output(db: Database, layer_id: Id, path: str, attrs: dict[str, str], *, limit: Limit) -> OutputT:
    """Record something that a layer writes."""
    path, attrs = check_path("an output", path, limit), check_attrs("an output", attrs, limit)
    made = db.value("insert_output", layer_id=layer_id, path=path, attrs=attrs)
    if made is None:
        raise NotFound(f"no layer '{layer_id}'")
    return db.one("output_by_id", _output, missing=f"no output '{made}'", id=made)


def get_layer_outputs(db: Database, layer_id: Id) -> list[OutputT]:
    """Outputs of a layer."""
    return db.all("outputs_of_layer", _output, layer_id=layer_id)


def get_job_outputs(db: Database, job_id: Id) -> list[OutputT]:
    """Outputs of all layers of a job."""
    return db.all("outputs_of_job", _output, job_id=job_id)


def get_output_attrs(db: Database, output_id: Id) -> dict[str, str]:
    """An output's attributes."""
    return db.one("output_by_id", _output, missing=f"no output '{output_id}'", id=output_id).attrs


def set_output_attrs(db: Database, output_id: Id, attrs: dict[str, str], *, limit: Limit) -> None:
    """Replace an output's attributes."""
    _change(db, "set_output_attrs", output_id, attrs, limit)


def update_output_attrs(db: Database, output_id: Id, attrs: dict[str, str], *, limit: Limit) -> None:
    """Merge attributes into an output; the new ones win."""
    _change(db, "update_output_attrs", output_id, attrs, limit)


def _change(db: Database, statement: str, output_id: str, attrs: dict[str, str], limit: Limit) -> None:
    if not db.run(statement, id=output_id, attrs=check_attrs("an output", attrs, limit)):
        raise NotFound(f"no output '{output_id}'")
