"""Takes the picture of the window for the manual: python -m tests.gui.take_picture docs/images/wrangler.png

A live farm of six small nodes works on jobs of two projects; the window shows them, then is photographed.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from plow_client.connection import Connection
from plow_client.idl import (
    DependSpecT,
    DependType,
    JobSpecT,
    LayerSpecT,
    NodeFilterT,
    RpcService,
    TaskState,
)
from plow_client.local_farm import LocalFarm
from wrangler.session import Session
from wrangler.theme import dress
from wrangler.views.lists import choose
from wrangler.window import Window

NODES, CORES = 6, 4
DEADLINE_S = 120.0

# Speaks like a renderer: memory for a while, a line for each bucket, now and then a warning, seldom a fault.
RENDER = """
m=$(head -c {mb}M /dev/zero | tr '\\0' x)
echo "loading scene {scene}, frame $1"
echo "WARNING: texture 'rock_normal.tx' has no mip levels"
i=0
while [ $i -lt 12 ]; do
  i=$((i+1)); echo "frame $1 bucket $i/12  $((i*100/12))%"; sleep {pause}
  if [ "$1" = "{bad}" ] && [ $i = 5 ]; then echo "ERROR: out of disk space writing $1.exr"; exit 1; fi
done
echo "wrote {scene}.$1.exr"
"""


def layer(
    name: str, frames: str, scene: str, *, pause: float, bad: str = "-", mb: int = 20, cores: int = 1
) -> LayerSpecT:
    """Frames that take 12 times `pause` seconds each."""
    script = RENDER.format(scene=scene, pause=pause, bad=bad, mb=mb)
    return LayerSpecT(
        name=name, command=["/bin/sh", "-c", script, "sh", "%{FRAME}"], range=frames, maxRetries=0,
        minCores=cores, maxCores=cores, minRam=256,
    )  # fmt: skip


def after(dependent: LayerSpecT, on: str, kind: DependType = DependType.TASK_BY_TASK) -> LayerSpecT:
    """Let a layer wait for another."""
    dependent.depends = [DependSpecT(type=kind, dependentLayer=dependent.name, dependOnLayer=on)]
    return dependent


def fill(server: RpcService) -> None:
    """Jobs in every state that a person may find in the morning."""
    for title, code in (("Deep Ocean", "ocean"), ("Moonlight", "moon")):
        server.createProject(title, code)

    def launch(name: str, project: str, owner: str, layers: list[LayerSpecT], *, paused: bool = False) -> str:
        return server.launch(
            JobSpecT(name=name, project=project, username=owner, layers=layers, paused=paused)
        ).id

    launch("logo_turntable_v002", "moon", "ana", [layer("beauty", "1-8", "logo", pause=0.02)])
    launch(
        "sc020_light_v014", "ocean", "mia",
        [
            layer("beauty", "1001-1048", "sc020", pause=0.45, bad="1007", mb=60),
            layer("shadow", "1001-1024", "sc020", pause=0.25, bad="1003"),
            after(layer("comp", "1001-1048", "sc020", pause=0.25), "beauty"),
        ],
    )  # fmt: skip
    launch(
        "sc021_fx_spray_v003", "ocean", "jonas",
        [
            layer("sim", "1-4", "spray", pause=3.50, mb=80, cores=2),
            after(layer("render", "1001-1096", "spray", pause=2.50), "sim", DependType.LAYER_ON_LAYER),
        ],
    )  # fmt: skip
    launch(
        "sc035_anim_preview", "ocean", "lee", [layer("playblast", "1-60", "sc035", pause=0.50)], paused=True
    )
    launch("trailer_comp_v031", "moon", "ana", [layer("comp", "1-120", "trailer", pause=0.30, mb=30)])
    launch("sc040_matte_v007", "moon", "sam", [layer("paint", "1-36", "matte", pause=0.75)])


def photograph(farm: LocalFarm, path: Path, size: tuple[int, int]) -> None:
    """Open the window, choose a job and a dead task as a wrangler would, and keep the picture."""
    app = QApplication(["plow-wrangler"])
    dress(app)
    state = QSettings(str(farm.state / "wrangler.ini"), QSettings.Format.IniFormat)
    session = Session(Connection(farm.hosts), server="farm.example.net")
    window = Window(session, state)
    window.resize(*size)
    window.open_workspace("Wrangler")
    window.show()
    session.start()
    server = cast(RpcService, Connection(farm.hosts))
    fill(server)
    window.refresh_all()
    server.setNodeLocked(server.getNodes(NodeFilterT())[4].id, True)
    wait(app, lambda: find(window, "sc020_light_v014"))
    choose(window.jobs.view, [window.jobs.model.index_of(find(window, "sc020_light_v014"))])
    wait(app, lambda: sum(row.state == TaskState.DEAD for row in window.tasks.model.top_rows()) >= 2)
    wait(app, lambda: sum(row.state == TaskState.SUCCEEDED for row in window.tasks.model.top_rows()) >= 26)
    dead = next(row for row in window.tasks.model.top_rows() if row.state == TaskState.DEAD)
    choose(window.tasks.view, [window.tasks.model.index_of(dead.id)])
    window.tasks.view.setFocus()
    wait(app, lambda: "ERROR" in window.log.text.toPlainText())
    moment = time.monotonic() + 6
    wait(app, lambda: time.monotonic() > moment)
    path.parent.mkdir(parents=True, exist_ok=True)
    window.grab().save(str(path))
    window.close()


def find(window: Window, name: str) -> str:
    """A job's id by its name; empty until it is listed."""
    for group in window.jobs.model._groups.values():
        for row in group.rows:
            if row.name == name:
                return row.id
    return ""


def wait(app: QApplication, condition: Callable[[], object]) -> None:
    """Let the window live until something is so."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the farm did not get there in time")
        app.processEvents()
        time.sleep(0.01)


def main(path: str, width: int = 1680, height: int = 980) -> None:
    """The whole of it, on a farm of its own."""
    state = Path(tempfile.mkdtemp(prefix="plow-picture-"))
    state.chmod(0o755)
    try:
        with LocalFarm(state, nodes=NODES, cores_per_node=CORES, tell=print) as farm:
            photograph(farm, Path(path), (width, height))
    finally:
        shutil.rmtree(state, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:2])
