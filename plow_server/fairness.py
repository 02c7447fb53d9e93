"""Small calls go on while a large one is worked on: threads take turns often, and nobody stands still for rubbish.

One interpreter runs one thread at a time. A call waits for its turn some ten times, at each answer of the database
too, so beside a thread that counts for seconds Python's 5 ms a turn make 50 ms and more of a call of two.
A collection of cyclic rubbish stops everybody for as long as there are objects to look at: a launch of 100,000 tasks
makes half a million that all live, and set off four of up to 90 ms each. Nearly all our rubbish dies young and is found
in the small collections; the whole one is left for after a good deal more.
"""

from __future__ import annotations

import gc
import sys

_TURN_S = 0.001
_YOUNG, _MIDDLE, _OLD = 10_000, 10, 100  # new objects, then collections of the one before, that set one off


def take_short_turns() -> None:
    """For the rest of this process. Call it when everything has been imported: that is never looked at again."""
    sys.setswitchinterval(_TURN_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
