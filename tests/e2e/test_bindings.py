"""Rows L01, L03 and L04: programs in six languages, generated from plow.thrift now, work on a farm.

They are built by the commands of docs/bindings.md and run as it prints them; what they say is compared with what
the server then holds.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from plow_client.idl import JobFilterT, JobState, JobT, TaskFilterT
from tests.e2e.bindings_parts import (
    HEADINGS,
    PROTOCOLS,
    TRANSPORTS,
    Example,
    LosesOneAnswer,
    built,
    languages,
    shell,
)
from tests.e2e.conftest import Story, is_alive, make_farm, wait_for

pytestmark = pytest.mark.timeout(900)  # the first test of a language compiles what was generated
LANGUAGES = languages()
OVER = [f"{protocol} {transport}" for protocol in PROTOCOLS for transport in TRANSPORTS]
# The program's part that connects, asked by hand: one call waits in the server while another is answered.
NODE = """
const { Farm } = require("./connection");
const types = require("./gen-nodejs/plow_types");
(async () => {
  const [waiter, asker] = [1, 2].map(() => new Farm(process.argv[1], "binary", "framed", 60000));
  await Promise.all([waiter.open(), asker.open()]);
  const job = await asker.ask("getActiveJob", process.argv[2]);
  const place = (await waiter.ask("getEvents", -1, 1, 0)).nextSequence;
  const woken = waiter.ask("getEvents", place, 0, 30000).then(() => console.log("woken"));
  await new Promise((done) => setTimeout(done, 50));
  console.log("the clock ticks");
  const jobs = await asker.ask("getJobs", new types.JobFilterT({ name: [process.argv[2]] }));
  console.log("listed", jobs.map((each) => each.name).join());
  await asker.ask("setJobPriority", job.id, 7);
  await woken;
  [waiter, asker].forEach((farm) => farm.close());
})();
"""


@pytest.fixture(scope="module")
def story(postgres, template) -> Iterator[Story]:
    """One farm for all languages."""
    folder = Path(tempfile.mkdtemp(prefix="plow-story-"))
    folder.chmod(0o755)
    with postgres.scratch(template) as database:
        story = Story(folder, database, make_farm(folder / "farm", database, nodes=1, cores=8))
        story.start()
        yield story
        story.close()
        assert story.faults() == []
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Path:
    """One folder for all processes of the run."""
    base = Path(tmp_path_factory.getbasetemp())
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "bindings"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def victim(story: Story) -> JobT:
    """Somebody's job of two long tasks, both of which run."""
    for file in story.starts_folder.iterdir():
        file.unlink()
    job = story.launch(story.layer("1-2", "exec sleep 600", name="long"), name=f"shot_{uuid.uuid4().hex[:8]}")
    wait_for(lambda: both_run(story, job), 60, story.troubles)
    return job


def both_run(story: Story, job: JobT) -> bool:
    counts = story.call("getJob", jobId=job.id).totals
    return counts.runningTaskCount == 2 and set(story.starts()) >= {"0001-long", "0002-long"}


def process_ids(story: Story) -> list[int]:
    return [int(line.split()[0]) for lines in story.starts().values() for line in lines]


def launched(story: Story, said: str) -> JobT:
    """The one job of the name that the program has printed."""
    names = re.findall(r"^launched (\S+)$", said, re.MULTILINE)
    (job,) = story.call("getJobs", filter=JobFilterT(name=names))
    return job


def check_words(said: str, language: str, victim: JobT, job: JobT) -> None:
    """What it has printed: the farm, the kill, the launch, each step of each task, the end."""
    lines = said.splitlines()
    assert re.fullmatch(r"node node-1 UP, \d of 8 cores idle", lines[0])
    assert lines[1] == "folder jobs"
    assert f"job {victim.name} of anna, 0 of 2 tasks done" in lines
    assert re.fullmatch(rf"{language}_[0-9a-f]{{8}}", job.name)
    begin = lines.index(f"launched {job.name}")
    assert lines[begin - 1] == f"killed {victim.name}"
    steps = lines[begin + 1 : -1]
    assert steps[-1] == f"{job.name} RUNNING -> FINISHED"
    for task in ("0001-hello", "0002-hello", "0003-hello"):
        its = [step for step in steps if step.startswith(task)]
        assert its == [f"{task} WAITING -> RUNNING", f"{task} RUNNING -> SUCCEEDED"]
    assert len(steps) == 7
    assert lines[-1] == "3 of 3 tasks succeeded"


def check_killed(story: Story, language: str, victim: JobT) -> None:
    """The other's job is over, and so are its processes."""
    killed = story.call("getJob", jobId=victim.id)
    assert (killed.state, killed.endReason) == (
        JobState.FINISHED,
        f"killed by the {HEADINGS[language]} example",
    )
    wait_for(lambda: not any(map(is_alive, process_ids(story))), 60, story.troubles)


def check_launched(story: Story, job: JobT) -> None:
    """All ran, once, with what was said and with the defaults of what was not."""
    assert (job.state, job.totals.succeededTaskCount, job.totals.totalTaskCount) == (JobState.FINISHED, 3, 3)
    (layer,) = story.call("getLayers", jobId=job.id)
    assert (layer.maxRetries, layer.chunk, layer.serv) == (0, 1, "default")
    for task in story.call("getTasks", filter=TaskFilterT(jobId=job.id)):
        log = story.call("readTaskLog", taskId=task.id, attempt=-1, offset=0, length=1 << 16)
        assert task.retries == 0
        assert f"\nframe {task.number}\n" in log.content.decode()


@pytest.mark.parametrize("over", OVER)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_program_lists_kills_launches_and_follows(story, shared, victim, language, over):
    done = built(language, shared).run(story.farm.rpc_port, *over.split(), victim.name)

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    job = launched(story, done.stdout)
    check_words(done.stdout, language, victim, job)
    check_killed(story, language, victim)
    check_launched(story, job)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_launch_whose_answer_is_lost_makes_one_job(story, shared, victim, language):
    line = LosesOneAnswer(story.farm.rpc_port, b"launch")
    try:
        done = built(language, shared).run(line.port, "compact", "framed", victim.name)
    finally:
        line.close()

    assert (done.returncode, line.lost) == (0, 1), done.stderr
    assert re.search(r"^connection lost \(.+\): asking again$", done.stderr, re.MULTILINE)
    job = launched(story, done.stdout)
    check_words(done.stdout, language, victim, job)
    check_launched(story, job)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_a_sentence(story, shared, language):
    before = len(story.call("getJobs", filter=JobFilterT()))
    done = built(language, shared).run(story.farm.rpc_port, "compact", "framed", "nobody's")

    assert (done.returncode, done.stderr) == (1, "not found: no unfinished job 'nobody's'\n")
    assert done.stdout.startswith("node node-1 UP")
    assert len(story.call("getJobs", filter=JobFilterT())) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_server_that_is_not_there_is_named(shared, language):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = built(language, shared).run(port, "binary", "framed", "shot")

    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(rf"^no answer from localhost:{port}: .", done.stderr, re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_program_that_is_called_wrongly_says_how(shared, language):
    example: Example = built(language, shared)
    done = example.run(11336, "json", "framed", "shot")

    assert done.returncode == 1
    assert "HOST:PORT binary|compact buffered|framed JOB" in done.stderr


if "node" in LANGUAGES:

    def test_a_program_in_node_is_never_blocked(story, shared, victim):
        """Row L02: a call that waits in the server keeps neither the clock nor another call from going on."""
        example = built("node", shared)
        words = ["node", "-e", NODE, f"localhost:{story.farm.rpc_port}", victim.name]
        done = subprocess.run(words, cwd=example.folder, capture_output=True, text=True)

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines() == ["the clock ticks", f"listed {victim.name}", "woken"]
        story.call("killJob", jobId=victim.id, reason="seen")


if "python" in LANGUAGES:

    def test_the_fast_codec_of_python_is_used(shared):
        """Without it a long list takes some thirty times as long."""
        words = "from thrift.protocol import fastbinary; print(fastbinary.__file__)"
        done = shell(f'env/bin/python -c "{words}"', built("python", shared).folder)

        assert done.returncode == 0, done.stderr
