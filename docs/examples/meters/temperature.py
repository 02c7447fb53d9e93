"""Temperatures of this machine in degrees Celsius, the hottest sensor of each chip: `temperature.coretemp`."""

from __future__ import annotations

import re

import psutil


def measure() -> dict[str, float]:
    """Nothing where the machine has no sensors, as most virtual ones."""
    chips = psutil.sensors_temperatures() if hasattr(psutil, "sensors_temperatures") else {}
    return {
        re.sub(r"[^\w.-]", "_", chip): max(sensor.current for sensor in sensors)
        for chip, sensors in chips.items()
        if sensors and chip[0].isalpha()
    }
