"""Builds the window's parts and runs them until it is closed."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from plow_client import logs
from plow_client.connection import Connection
from plow_client.errors import Invalid
from plow_client.logs import event
from wrangler.session import Session
from wrangler.theme import dress
from wrangler.window import Window, user_settings, version_line
from wrangler.workspace import WORKSPACES

log = logging.getLogger(__name__)
CALL_TIMEOUT_S = 60.0


def run(arguments: Sequence[str] | None = None) -> int:
    """Open the window and stay until it is closed; 2 where the arguments make no sense."""
    options = _parser().parse_args(arguments)
    logs.set_up(debug=options.debug)
    try:
        connection = Connection(options.host, timeout_s=CALL_TIMEOUT_S)
    except Invalid as error:
        print(f"plow-wrangler: {error}", file=sys.stderr)
        return 2
    if not has_display(sys.platform, os.environ):
        print("plow-wrangler: there is no display to open a window on (DISPLAY is not set)", file=sys.stderr)
        return 2
    app = QApplication.instance() or QApplication(["plow-wrangler"])
    assert isinstance(app, QApplication)
    app.setApplicationName("plow-wrangler")
    dress(app)
    return _run(app, connection, options.workspace or "")


def has_display(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether Qt will find a screen; on Linux it would end the process where there is none."""
    wanted = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not platform.startswith("linux") or any(environment.get(name) for name in wanted)


def _run(app: QApplication, connection: Connection, workspace: str) -> int:
    session = Session(connection)
    window = Window(session, user_settings())
    window.open_workspace(workspace)
    window.show()
    session.start()
    log.info(event("window opened", server=session.status.server))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.close())
    # Python looks at signals only between its own instructions: give it some.
    heartbeat = QTimer(window, interval=300)
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start()
    return app.exec()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="plow-wrangler", description="The desktop window of the people who look after a farm."
    )
    parser.add_argument(
        "--host",
        metavar="HOST:PORT",
        help="the server, or several with commas between (default: PLOW_HOSTS, else 127.0.0.1:11336)",
    )
    parser.add_argument(
        "--workspace",
        choices=[workspace.name for workspace in WORKSPACES],
        help="the workspace to open (default: the one of last time)",
    )
    parser.add_argument("--debug", "-debug", action="store_true", help="log the small steps, too")
    parser.add_argument("--version", action="version", version=version_line())
    return parser
