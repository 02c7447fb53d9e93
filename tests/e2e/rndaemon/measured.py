"""rndaemon as usual, but its shims are measured for coverage too.

The template they are forked from starts without site packages and with an empty environment, so nothing that usually
starts coverage reaches it; and they leave by os._exit. Coverage itself notices a fork, and writes another file.
"""

from __future__ import annotations

import os

import coverage

from rndaemon import starter
from rndaemon.main import main

_CODE = """
import os, sys
sys.path += [sys.argv[1], {site!r}]
import coverage
measured = coverage.Coverage(data_file={file!r}, data_suffix=True, config_file={config!r})
measured.start()
leave = os._exit
def save_and_leave(status):
    try:
        measured.stop()
        measured.save()
    finally:
        leave(status)
os._exit = save_and_leave
from rndaemon.shim.template import main
main(sys.argv[2:])
save_and_leave(0)
"""


def measure_shims(current: coverage.Coverage) -> None:
    """Start them by a longer way."""
    code = _CODE.format(
        site=os.path.dirname(os.path.dirname(coverage.__file__)),
        file=os.path.abspath(current.config.data_file),
        config=os.path.abspath(current.config.config_file or "setup.cfg"),
    )
    starter.INTERPRETER[-1] = code


if __name__ == "__main__":
    running = coverage.Coverage.current()
    if running:
        measure_shims(running)
    main()
