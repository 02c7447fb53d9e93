"""plow-tray: whose this workstation is, in the corner of the screen, and three words to change it.

It talks to the rndaemon of this machine alone, over its local socket; no server and no window.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from plow_client import node_socket
from plow_client.errors import PlowError

LOOK_MS = 5000
WISHES = {
    "on": "This machine is mine",
    "off": "The farm may have it",
    "auto": "As it is used",
}

Status = dict[str, Any]
Ask = Callable[..., Status]


def text_of(status: Status) -> str:
    """What the icon says when the mouse rests on it. Pure."""
    if not status["nimby"]:
        return f"{status['node']} works for the farm at all times"
    count = len(status["tasks"])
    running = f"{count} task{'' if count == 1 else 's'} running"
    if status["away"]:
        return f"{status['node']} takes nothing new: {status['away']}\n{running}"
    return f"{status['node']} is the farm's\n{running}"


def colour_of(status: Status | None) -> str:
    """Green: the farm works here; grey: it does not; red: nobody answers. Pure."""
    if status is None:
        return "#d9534f"
    return "#8a8f98" if status["away"] else "#5cb85c"


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the icon until it is told to quit; 2 where there is no place for one."""
    parser = argparse.ArgumentParser(
        prog="plow-tray", description="Whose this workstation is: yours or the farm's."
    )
    parser.add_argument(
        "--state", type=Path, help="state folder of the rndaemon, where it is not the usual one"
    )
    options = parser.parse_args(arguments)
    try:
        from wrangler.trayicon import run  # imports Qt, which not every installation has
    except ImportError as error:
        print(f"plow-tray: {error}; it needs PySide6: pip install 'plow[gui]'", file=sys.stderr)
        return 2
    display = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform.startswith("linux") and not display:
        print("plow-tray: there is no display (DISPLAY is not set)", file=sys.stderr)
        return 2
    folder = node_socket.find_folder(options.state)
    return run(lambda do, **said: node_socket.ask(folder, do, **said))


def answer(ask: Ask, do: str, **said: object) -> tuple[Status | None, str]:
    """The daemon's status, or None and why there is none."""
    try:
        return ask(do, **said), ""
    except PlowError as error:
        return None, error.why


if __name__ == "__main__":
    sys.exit(main())
