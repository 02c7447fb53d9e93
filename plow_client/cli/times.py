"""Times as people say them: ``2026-11-20 22:00``, ``22:00`` (the next one), ``+4h``, ``now``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import click

from plow_client.cli.columns import farm_now

if TYPE_CHECKING:
    from datetime import datetime

    _Type = click.ParamType[int]
else:
    _Type = click.ParamType  # not generic before click 8.3

_FORMS: Final = "write 2026-11-20 22:00, 22:00, +15m, +4h, +2d or now"
_UNITS: Final = {"m": 60, "h": 3600, "d": 86400}


class _Time(_Type):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        text = str(value).strip()
        if text == "now":
            return 0
        if span := re.fullmatch(r"\+(\d+)([mhd])", text):
            return farm_now() + int(span[1]) * _UNITS[span[2]] * 1000
        moment = _moment(text)
        return (
            int(moment.timestamp() * 1000)
            if moment
            else self.fail(f"'{text}' is no time: {_FORMS}", param, ctx)
        )


TIME: Final = _Time()


def _moment(text: str) -> datetime | None:
    from datetime import datetime, timedelta

    try:
        if re.fullmatch(r"\d{1,2}:\d{2}", text):
            now = datetime.now()
            hour, minute = map(int, text.split(":"))
            then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
            return then if then > now else then + timedelta(days=1)
        return datetime.fromisoformat(text)
    except ValueError:
        return None
