"""A whole farm of real processes for one test, and the audit after it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from plow_client.idl import JobSpecT, JobState, JobT, LayerSpecT
from plow_client.local_farm import LocalFarm
from plow_client.rpc.caller import Caller

Row = dict[str, Any]
# Many small tasks on a small machine: measure seldom, and begin again soon.
QUICK = ("dispatch.resend_after_s=1",)


class Story:
    """A farm with a client, an eye on its database, and a folder in which every start leaves a line."""

    def __init__(self, folder: Path, database: str, farm: LocalFarm) -> None:
        self.folder = folder
        self.database = database
        self.farm = farm
        self.starts_folder = folder / "starts"
        self.starts_folder.mkdir(exist_ok=True)
        self.starts_folder.chmod(0o777)

    def beside(self, options: tuple[str, ...] = ()) -> Story:
        """A second server on the same database, without nodes; not started."""
        return Story(
            self.folder, self.database, make_farm(self.folder / "second", self.database, 0, 1, options)
        )

    def start(self) -> Story:
        """Start every process."""
        self.farm.start()
        return self

    def close(self) -> None:
        """Stop every process."""
        self.farm.stop()

    def call(self, method: str, **arguments: object) -> Any:
        """One client call."""
        with Caller("RpcService", "127.0.0.1", self.farm.rpc_port) as caller:
            return caller.call(method, **arguments)

    def launch(self, *layers: LayerSpecT, name: str = "shot") -> JobT:
        """Launch a job."""
        spec = JobSpecT(name=name, project="default", username="anna", uid=0, layers=list(layers))
        job: JobT = self.call("launch", spec=spec)
        return job

    def layer(self, frames: str, script: str = "true", name: str = "beauty", **more: Any) -> LayerSpecT:
        """A layer whose tasks note their start, with their process id, and then run a line of shell."""
        note = f"echo $$ $PLOW_PROC_ID >> {self.starts_folder}/$PLOW_TASK_NAME; {script}"
        more = {"serv": "shell", "maxRetries": 0, **more}
        return LayerSpecT(name=name, command=["sh", "-c", note], range=frames, **more)

    def starts(self) -> dict[str, list[str]]:
        """Lines that the starts of each task have left."""
        return {file.name: file.read_text().splitlines() for file in self.starts_folder.iterdir()}

    def query(self, text: str, *values: object) -> list[Row]:
        """Look into the database."""
        with psycopg.connect(self.database, autocommit=True, row_factory=dict_row) as connection:
            return connection.execute(text.encode(), values).fetchall()

    def tasks(self) -> dict[str, int]:
        """How many tasks are in each state."""
        rows = self.query("select state, count(*) as n from plow.task group by state")
        return {row["state"]: row["n"] for row in rows}

    def attempts(self) -> list[Row]:
        """History, with the task's name."""
        return self.query(
            "select task.name, attempt.* from plow.attempt join plow.task on task.id = attempt.task_id"
            " order by task.name, attempt.number"
        )

    def wait_for_end(self, job: JobT, timeout_s: float = 60.0) -> None:
        """Until the job is finished."""
        wait_for(
            lambda: self.call("getJob", jobId=job.id).state == JobState.FINISHED, timeout_s, self.troubles
        )

    def troubles(self) -> list[object]:
        """States, and each attempt that did not end well, with the end of its log."""
        bad = [row for row in self.attempts() if (row["exit_status"], row["end_reason"]) != (0, "EXITED")]
        logs = [Path(row["log_path"]) for row in bad]
        return [self.tasks(), bad, [log.read_text(errors="replace")[-2000:] for log in logs if log.exists()]]

    def faults(self) -> list[Row]:
        """What the audit finds."""
        return self.query("select * from plow.audit()")


def make_farm(
    folder: Path, database: str, nodes: int, cores: int, options: tuple[str, ...] = ()
) -> LocalFarm:
    """Processes that keep what they have to keep in this folder, on that database."""
    farm = LocalFarm(
        folder,
        nodes=max(nodes, 1),
        cores_per_node=cores,
        database=database,
        server_options=[*QUICK, *options],
        node_options=["task.path=/usr/local/bin:/usr/bin:/bin"],  # shell is enough: no Python is prepared
    )
    del farm.nodes[nodes:]
    return farm


def wait_for(
    happened: Callable[[], object], timeout_s: float = 30.0, shown: Callable[[], object] = lambda: ""
) -> None:
    """Look again and again until something is so, or AssertionError."""
    deadline = time.monotonic() + timeout_s
    while not happened():
        assert time.monotonic() < deadline, f"did not happen within {timeout_s} s: {shown()}"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def story_folder() -> Iterator[Path]:
    """A folder that tasks can reach, whoever they run as."""
    folder = Path(tempfile.mkdtemp(prefix="plow-story-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def begin(story_folder: Path, database_url: str) -> Iterator[Callable[..., Story]]:
    """Begin a story; when it is over, the books must be right."""
    with ExitStack() as exits:

        def make(nodes: int = 2, cores: int = 4, options: tuple[str, ...] = (), database: str = "") -> Story:
            address = database or database_url
            story = Story(
                story_folder, address, make_farm(story_folder / "farm", address, nodes, cores, options)
            )
            exits.callback(story.close)
            if not database:
                begun.append(story)
            return story.start()

        begun: list[Story] = []
        yield make
        for story in begun:
            assert story.faults() == []
