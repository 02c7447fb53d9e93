"""A farm as a file: what people configure, written in YAML, compared with a farm, and carried out.

See docs/guide/farm-file.md. The table has every key; reading and check refuse what is not sound; plan compares;
apply carries out; export is the way back.
"""

from __future__ import annotations

from pathlib import Path

from plow_client.farm_file.check import check_file
from plow_client.farm_file.farm import read_farm
from plow_client.farm_file.plan import Plan, make_plan
from plow_client.farm_file.reading import Entry, Faults, read_file
from plow_client.farm_file.things import scopes, wanted_things


def plan_for(file: Path, prune: bool = False) -> Plan:
    """What has to change on the farm in use so that it is as a file says; Faults where the file is not sound."""
    return plan_of(read_file(file), str(file), prune)


def plan_of(entry: Entry, file: str, prune: bool = False) -> Plan:
    """The same, of a file that was read."""
    farm = read_farm(entry)
    wanted = list(wanted_things(entry, [path[1] for path in farm if path[0] == "cluster"]))
    faults = check_file(entry, wanted, farm)
    if faults:
        raise Faults(file, faults)
    return make_plan(wanted, farm, scopes(entry) if prune else ())
