"""Runs the meters in the folders of `facts.meters` and keeps what each said last.

A meter is a file `NAME.py` with `def measure() -> dict[str, float]`. Each has a thread of its own, so one that
hangs holds up nobody; its values are then dropped until it comes back. It runs with the daemon's rights.
"""

from __future__ import annotations

import importlib.util
import logging
import math
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from plow_client.logs import event

log = logging.getLogger(__name__)

MOST = 100  # values that travel; more would make every ping heavy
_NAME = re.compile(r"[A-Za-z][\w.-]{0,63}", re.ASCII)
Measure = Callable[[], object]


class Board:
    """All meters of the node."""

    def __init__(self, folders: Iterable[str], every_s: float, limit_s: float) -> None:
        self._meters = [Meter(path, every_s, limit_s) for path in find(folders)]

    def start(self) -> None:
        """Begin to measure."""
        for meter in self._meters:
            meter.start()

    def stop(self) -> None:
        """Measure no more."""
        for meter in self._meters:
            meter.stop()

    def values(self) -> dict[str, float]:
        """What is known now, as `file.name`; at most a hundred, in the order of names."""
        everything = {name: value for meter in self._meters for name, value in meter.values().items()}
        return {name: everything[name] for name in sorted(everything)[:MOST]}


class Meter:
    """One file."""

    def __init__(self, path: Path, every_s: float, limit_s: float) -> None:
        self._path = path
        self._every_s = every_s
        self._limit_s = limit_s
        self._values: dict[str, float] = {}
        self._began: float | None = None  # of the measurement that runs now
        self._complaint = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"meter-{path.stem}", daemon=True)

    def start(self) -> None:
        """Begin to measure."""
        self._thread.start()

    def stop(self) -> None:
        """Measure no more; a measurement that hangs is left to itself."""
        self._stop.set()

    def values(self) -> dict[str, float]:
        """What it said last; nothing while it takes longer than it may."""
        began = self._began
        if began is not None and time.monotonic() - began > self._limit_s:
            self._complain(f"it takes longer than {self._limit_s:g} s")
            return {}
        return self._values

    def measure(self, function: Measure) -> None:
        """Once. Whatever goes wrong is said once, and its values are gone until it goes right."""
        self._began = began = time.monotonic()
        try:
            values = checked(self._path.stem, function())
        except BaseException as fault:  # noqa: BLE001 - also one that wants to end the program
            values = {}
            self._complain(f"{type(fault).__name__}: {fault}")
        else:
            if time.monotonic() - began <= self._limit_s:
                self._complaint = ""
        self._values = values
        self._began = None

    def _run(self) -> None:
        function = self._load()
        while function and not self._stop.is_set():
            self.measure(function)
            self._stop.wait(self._every_s)

    def _load(self) -> Measure | None:
        try:
            return load(self._path)
        except BaseException as fault:  # noqa: BLE001 - as above
            self._complain(f"{type(fault).__name__}: {fault}")
            return None

    def _complain(self, why: str) -> None:
        if why != self._complaint:
            log.warning(event("meter failed", meter=self._path, why=why))
        self._complaint = why


def find(folders: Iterable[str]) -> list[Path]:
    """The meters in these folders, by name; of two with one name the first folder's."""
    found: dict[str, Path] = {}
    for folder in folders:
        if not Path(folder).is_dir():
            log.warning(event("no folder of meters", folder=folder))
        for path in sorted(Path(folder).glob("*.py")):
            if _NAME.fullmatch(path.stem):
                found.setdefault(path.stem, path)
    return [found[name] for name in sorted(found)]


def load(path: Path) -> Measure:
    """Run the file and take its function."""
    spec = importlib.util.spec_from_file_location(f"plow_meter_{path.stem}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function: Measure | None = getattr(module, "measure", None)
    if not callable(function):
        raise TypeError("it has no function measure()")
    return function


def checked(meter: str, told: object) -> dict[str, float]:
    """Its values as they travel: finite numbers under names of letters, digits, `_`, `.` and `-`."""
    if not isinstance(told, Mapping):
        raise TypeError(f"measure() returned {type(told).__name__}, not a dict")
    values = {}
    for name, value in list(told.items())[: MOST + 1]:
        if not _NAME.fullmatch(str(name)):
            raise ValueError(f"'{str(name)[:64]}' cannot be the name of a value")
        number = float(value)
        if math.isfinite(number):
            values[f"{meter}.{name}"] = number
    return values
