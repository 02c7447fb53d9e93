"""What a step asks of its host, in the words of a layer. Pure; what a layer cannot say is refused by its name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from plow_client.errors import Invalid

_SYSTEMS: Final = {"linux", "macos", "windows"}
# Amount of the specification: option for its least, option for its most.
_AMOUNTS: Final[Mapping[str, tuple[str, str | None]]] = {
    "amount.worker.vcpu": ("threads", "max_threads"),
    "amount.worker.memory": ("ram", "max_ram"),
    "amount.worker.gpu": ("gpus", None),
    "amount.worker.gpu.memory": ("gpu_ram", None),
}


def options_of(requirements: Mapping[str, Any]) -> dict[str, object]:
    """The options of a layer. Invalid begins with the path below ``hostRequirements``."""
    found: dict[str, object] = {}
    for place, amount in enumerate(requirements.get("amounts") or []):
        _add_amount(found, amount, f"amounts[{place}]")
    for place, attribute in enumerate(requirements.get("attributes") or []):
        _add_attribute(found, attribute, f"attributes[{place}]")
    return found


def _add_amount(found: dict[str, object], amount: Mapping[str, Any], where: str) -> None:
    name, least, most = str(amount["name"]).lower(), amount.get("min"), amount.get("max")
    if name in _AMOUNTS:
        low, high = _AMOUNTS[name]
        if least is not None and float(least) > 0:
            found[low] = math.ceil(float(least))
        if most is not None:
            if high is None:
                raise Invalid(f"{where}.max: a layer cannot say the most of '{name}'")
            found[high] = math.floor(float(most))
    elif name.startswith("amount.worker."):
        raise Invalid(f"{where}: a node is not asked for '{name}'")
    else:
        _add_limit(found, name, least, most, where)


def _add_limit(found: dict[str, object], name: str, least: object, most: object, where: str) -> None:
    """An amount of the site's own, such as licences, is a limit: each task uses one of it."""
    if most is not None or least is None or float(str(least)) != 1:
        raise Invalid(f"{where}: a task uses exactly one of a limit: say min: 1 and no max for '{name}'")
    limits = found.setdefault("limits", [])
    assert isinstance(limits, list)
    limits.append(name.removeprefix("amount."))


def _add_attribute(found: dict[str, object], attribute: Mapping[str, Any], where: str) -> None:
    name, values = str(attribute["name"]).lower(), _values(attribute, where)
    if name == "attr.worker.os.family":
        systems = {value.lower() for value in values}
        if systems == _SYSTEMS:
            return
        if len(systems) > 1:
            raise Invalid(
                f"{where}: a layer is for one system or for all, not for {' and '.join(sorted(systems))}"
            )
        found["os"] = systems.pop()
    elif "tags" in found:
        raise Invalid(f"{where}: a node needs one of a layer's tags, and another attribute has given them")
    else:
        found["tags"] = [f"{name.removeprefix('attr.')}.{value}" for value in values]


def _values(attribute: Mapping[str, Any], where: str) -> Sequence[str]:
    any_of, all_of = attribute.get("anyOf") or [], attribute.get("allOf") or []
    if len(all_of) > 1 or (all_of and any_of):
        raise Invalid(f"{where}.allOf: a node needs one of a layer's tags, so no more than one value here")
    return [str(value) for value in [*any_of, *all_of]]
