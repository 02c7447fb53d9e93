from __future__ import annotations

import subprocess
import sys

TOLD = """
import gc, sys
import plow_server.app
from plow_server.fairness import take_short_turns
take_short_turns()
print(sys.getswitchinterval(), gc.isenabled(), gc.get_freeze_count() > 10_000, gc.get_threshold()[0] > 700)
"""


def test_turns_are_short_and_rubbish_is_still_collected_but_not_looked_for_in_modules() -> None:
    """In a process of its own: it is for the rest of it."""
    ran = subprocess.run([sys.executable, "-c", TOLD], capture_output=True, text=True, check=True)

    assert ran.stdout.split() == ["0.001", "True", "True", "True"]
