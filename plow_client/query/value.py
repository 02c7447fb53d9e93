"""Values of each type: read from a query's words, written as canonical text, checked as they come from the wire."""

from __future__ import annotations

import math
import re
from typing import Final

from plow_client.query.field import DURATION, ID, LABEL, MOMENT, PERCENT, SIZE, TRUTH, Field
from plow_client.query.tree import NEVER, Moment, Value
from plow_client.query.word import quoted

MOST: Final = 2.0**53
"""Beyond it a number of the wire is no longer exact; 285,000 years in milliseconds."""

LAST_MS: Final = 253_402_300_799_999
"""The end of 9999."""

_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?", re.IGNORECASE | re.ASCII)
_SIZE = re.compile(
    r"(?P<number>(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?)(?P<unit>[mgt]?)(i?b)?", re.IGNORECASE | re.ASCII
)
_PART = re.compile(r"(?P<number>\d+\.?\d*|\.\d+)(?P<unit>ms|[smhdw])", re.IGNORECASE | re.ASCII)
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_DATE = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d(?:\.\d{1,3})?))?(Z|[-+]\d\d:?\d\d)?)?",
    re.IGNORECASE | re.ASCII,
)
_MB: Final = {"t": 1024 * 1024, "g": 1024, "m": 1, "": 1}
_MS: Final = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


class WrongValue(ValueError):
    """What was expected instead, as the end of a sentence."""


def read_value(field: Field, text: str, ago: bool = False) -> Value:
    """The value that a word says, for a field."""
    if field.type is TRUTH:
        return _truth(text)
    if field.type is LABEL:
        return _label(field, text)
    if field.type is ID:
        return _id(text)
    if field.type is MOMENT:
        return Moment(int(_duration(text)), ago=True) if ago else _moment(text)
    if field.type is SIZE:
        return _size(text)
    if field.type is DURATION:
        return _duration(text)
    if field.type.is_number:
        return _number(text.removesuffix("%") if field.type is PERCENT else text)
    return check_text(text)


def write_value(field: Field, value: Value) -> str:
    """A value as canonical text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Moment):
        return _written_moment(value)
    if isinstance(value, str):
        return value.lower() if field.type is LABEL else quoted(value)
    if field.type is SIZE:
        return _in_units(value, (("t", _MB["t"]), ("g", _MB["g"]), ("m", 1)))
    if field.type is DURATION:
        return _in_units(value, tuple(_MS.items()))
    return _plain(value) + ("%" if field.type is PERCENT else "")


def check_text(text: str) -> str:
    """The text, if a database can hold it."""
    if "\0" in text:
        raise WrongValue("a text without NUL")
    if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
        raise WrongValue("a text in valid Unicode")
    return text


def check_number(field: Field, value: float) -> float:
    """The number, if it can be one of this field."""
    if not math.isfinite(value) or abs(value) > MOST:
        raise WrongValue("a number between -2^53 and 2^53")
    if value < 0 and field.type in (SIZE, DURATION):
        raise WrongValue(f"a {field.type.name} of 0 or more")
    return float(round(value)) if field.type is DURATION else value + 0.0


def check_moment(ms: float, ago: bool) -> Moment:
    """The moment, if it is in the calendar."""
    if not 0 <= ms <= (MOST if ago else LAST_MS):
        raise WrongValue("a moment from 1970 to 9999")
    return Moment(round(ms), ago)


def _truth(text: str) -> bool:
    if text.lower() not in _TRUTHS:
        raise WrongValue("true or false")
    return _TRUTHS[text.lower()]


def _label(field: Field, text: str) -> str:
    label = text.upper().replace("-", "_")
    if label not in field.labels:
        raise WrongValue("one of " + ", ".join(field.labels).lower())
    return label


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise WrongValue("an id, 36 characters")
    return text.lower()


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise WrongValue("a number")
    return _bounded(float(text))


def _size(text: str) -> float:
    found = _SIZE.fullmatch(text)
    if found is None:
        raise WrongValue("a memory: 500m, 32g, 1.5t")
    return _bounded(float(found["number"]) * _MB[found["unit"].lower()])


def _duration(text: str) -> float:
    if text == "0":
        return 0.0
    parts = list(_PART.finditer(text))
    if not parts or "".join(part.group() for part in parts) != text:
        raise WrongValue("a duration with its unit: 90s, 30m, 2h, 1d, 1h30m")
    return float(round(_bounded(sum(float(part["number"]) * _MS[part["unit"].lower()] for part in parts))))


def _bounded(value: float) -> float:
    if not abs(value) <= MOST:
        raise WrongValue("a number between -2^53 and 2^53")
    return value + 0.0  # -0.0 is 0


def _moment(text: str) -> Moment:
    from datetime import datetime, timezone  # what few queries need

    if text.lower() == "never":
        return NEVER
    found = _DATE.fullmatch(text)
    if found is None:
        raise WrongValue("a moment: 2h ago, 2026-03-01, '2026-03-01 18:30', never")
    day, minute, second, zone = found.groups()
    zone = (zone or "").upper().replace("Z", "+00:00")
    zone = zone if ":" in zone or not zone else f"{zone[:3]}:{zone[3:]}"
    second = (second or "00") + ("" if "." in (second or "") else ".")
    try:
        when = datetime.fromisoformat(f"{day}T{minute or '00:00'}:{second.ljust(6, '0')}{zone}")
        since = when.astimezone(timezone.utc) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise WrongValue("a moment that is in the calendar") from None
    ms = round(since.total_seconds() * 1000)
    if ms <= 0:
        raise WrongValue("a moment after 1970")
    return Moment(ms)


def _written_moment(value: Moment) -> str:
    from datetime import datetime, timedelta, timezone

    if value.ago:
        return _in_units(value.ms, tuple(_MS.items())) + " ago"
    if value == NEVER:
        return "never"
    when = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=value.ms)
    return when.isoformat(timespec="milliseconds" if value.ms % 1000 else "seconds").replace("+00:00", "Z")


def _in_units(value: float, units: tuple[tuple[str, int], ...]) -> str:
    for unit, size in units:
        if value and value % size == 0:
            return _plain(value / size) + unit
    return _plain(value) + units[-1][0]


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
