"""Services: a call replaces all values of one, so what somebody else sets at the same moment has to be looked for."""

from __future__ import annotations

from typing import Any

from plow_client import service as services
from plow_client.blame import Blame, get_history
from plow_client.errors import NotAllowed
from plow_client.farm_file import farm
from plow_client.farm_file.things import Path, Thing, Values
from plow_client.needs import Needs, RetryRules
from plow_client.run_settings import RunSettings
from plow_client.spec import Spec

_PARTS: dict[str, type[Spec]] = {"run": RunSettings, "needs": Needs, "retry_rules": RetryRules}


class ServiceHand:
    """Services."""

    def find(self, path: Path) -> Thing | None:
        """By name."""
        return next((farm.service_thing(row) for row in services.get_services() if row.name == path[1]), None)

    def make(self, wanted: Thing) -> Thing:
        """Whole."""
        row = services.Service.new(wanted.name)
        _assign(row, wanted.values)
        row.create()
        return farm.service_thing(row)

    def change(self, thing: Thing, values: Values) -> None:
        """All values as they are now, and these; NotAllowed where others were set between reading and writing."""
        before = _newest(get_history(thing.row, 1))
        found = self.find(thing.path)
        if found is None or found.row.id != thing.row.id:
            raise NotAllowed(f"service '{thing.path[1]}' was deleted meanwhile: plan again")
        row: services.Service = found.row
        _assign(row, values)
        row.update()
        _look_for_others(row, before)

    def delete(self, thing: Thing) -> None:
        """By its object."""
        thing.row.delete()


def _assign(row: services.Service, values: Values) -> None:
    parts: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        part, dot, field = name.rpartition(".")
        if dot:
            parts.setdefault(part, {})[field] = value
        else:
            setattr(row, name, value)
    for part, told in parts.items():
        was = getattr(row, part)
        setattr(row, part, _PARTS[part](**{**(vars(was) if was else {}), **told}))


def _newest(history: list[Blame]) -> int:
    return history[0].id if history else 0


def _look_for_others(row: services.Service, before: int) -> None:
    """Whoever wrote between our reading and our writing has entries beside ours, and may have lost a value by us."""
    newer = [entry for entry in get_history(row) if entry.id > before and entry.code == 0]
    others = [entry for entry in newer if entry.client != newer[0].client]
    if others:
        other = others[0]
        raise NotAllowed(
            f"service '{row.name}' was changed at the same moment by {other.actor or 'somebody'}"
            f" ({other.field}: {other.old_value} -> {other.new_value}), and this may have undone it:"
            f" look at its history, and plan again"
        )
