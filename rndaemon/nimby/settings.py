"""The settings of a workstation: what counts as use, and how the farm leaves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from plow_client.config import setting
from rndaemon.nimby import hours

SIGNS = ("input", "users", "load")


@dataclass(frozen=True)
class Nimby:
    """A workstation gives itself to the farm when idle and takes itself back."""

    enabled: bool = setting(False, "Whether this is a workstation. If not, the farm has it at all times.")
    watch: tuple[str, ...] = setting(
        ("input",),
        "What counts as use: input (keyboard, mouse, terminals), users (somebody is logged in), load (programs "
        "that are no tasks keep `load_cores` cores busy). Empty: only what its user says.",
    )
    idle_minutes: float = setting(
        10.0, "Minutes without a sign of use until the farm gets the machine.", minimum=0
    )
    load_cores: float = setting(1.0, "Cores that programs other than tasks may keep busy.", minimum=0.1)
    load_for_s: float = setting(30.0, "Seconds of such load until it counts.", minimum=0)
    ignore_users: tuple[str, ...] = setting((), "Users whose being logged in does not count.")
    touch_file: Path | None = setting(
        None,
        "A file that other programs touch while somebody uses the machine; each change is a sign of use.",
    )
    busy: tuple[str, ...] = setting(
        (), 'Times when the machine is its user\'s, idle or not, e.g. ["mon-fri 09:00-18:00"].'
    )
    free: tuple[str, ...] = setting(
        (), 'Times when the farm has it, whoever is there, e.g. ["sat,sun", "mon-thu 22:00-06:00"].'
    )
    recall: Literal["finish", "grace", "now"] = setting(
        "grace",
        "What happens to running tasks when the machine is taken back: they finish, they have `grace_s` seconds to "
        "finish, or they are ended now, within task.grace_s. Ended ones run again elsewhere; it costs them no retry.",
    )
    grace_s: float = setting(300.0, "Seconds that tasks have to finish when recall is grace.", minimum=0)
    look_s: float = setting(5.0, "Seconds between two looks.", minimum=0.05)
    people: tuple[str, ...] = setting(
        (), "Users who may take the machine by command although they are not logged in at it."
    )

    def __post_init__(self) -> None:
        for sign in self.watch:
            if sign not in SIGNS:
                raise ValueError(f"watch = '{sign}': expected one of {', '.join(SIGNS)}")
        for text in (*self.busy, *self.free):
            hours.parse(text)
