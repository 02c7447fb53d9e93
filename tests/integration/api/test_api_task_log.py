"""readTaskLog and getAttempts: a log wherever it lies, and what became of attempts. And nodes that are told things."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from plow_client import idl
from plow_client.errors import Denied, Invalid, NotAllowed, NotFound, PlowError, Unavailable
from plow_client.idl import AttemptEnd, AttemptFilterT, JobT, LogT, NodeState
from plow_client.rpc.listener import Listener
from tests.integration.api.conftest import Api, Launch, layer
from tests.sql.farm import Farm

OLD = idl.load(Path(__file__).parents[1] / "plow_2013.thrift", "plow_2013_logs_thrift")
CONTENT = b"[2026-01-01 00:00:00+0000] Plow attempt begins\nframe 1\n\xff\x00 done\n"


class TellingNode:
    """A node that answers readLog and reboot; `fault` is what it refuses with."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.fault: PlowError | None = None
        calls: dict[str, Callable[..., object]] = {"readLog": self._read, "reboot": self._reboot}
        self.listener = Listener("RndNodeApi", calls)

    @property
    def address(self) -> str:
        return "{}:{}".format(*self.listener.address)

    def _read(self, path: str, offset: int, length: int) -> LogT:
        self._note("readLog", path, offset, length)
        content = CONTENT[offset:][:length]
        return LogT(content=content, offset=offset, size=len(CONTENT), path=path, nodeName="", attempt=-1)

    def _reboot(self, now: bool) -> None:
        self._note("reboot", now)

    def _note(self, *asked: object) -> None:
        self.asked.append(asked)
        if self.fault:
            raise self.fault


@pytest.fixture(autouse=True)
def ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is nobody special, whoever runs the tests."""
    monkeypatch.setattr("plow_server.ownlogs.running_as_root", lambda: False)


@pytest.fixture
def teller() -> Iterator[TellingNode]:
    node = TellingNode()
    node.listener.start()
    yield node
    node.listener.stop()


@pytest.fixture
def ran(launch: Launch, farm: Farm, teller: TellingNode, tmp_path: Path) -> JobT:
    """A job whose first task has run once on node n1, and runs again there."""
    job = launch(logPath=str(tmp_path))
    beauty = farm.value("select id from plow.layer")
    node = farm.node(address=teller.address)
    farm.complete([row["proc_id"] for row in farm.book((beauty, node, 1))], status=1)
    farm.book((beauty, node, 1))
    return job


def first_task(farm: Farm) -> str:
    return str(farm.value("select id from plow.task where number = 1"))


def read(api: Api, farm: Farm, attempt: int = -1, offset: int = 0, length: int = 100) -> LogT:
    log: LogT = api.readTaskLog(taskId=first_task(farm), attempt=attempt, offset=offset, length=length)
    return log


def test_the_server_reads_what_it_sees(
    api: Api, ran: JobT, farm: Farm, teller: TellingNode, tmp_path: Path
) -> None:
    path = tmp_path / "0001-beauty.0.log"
    path.write_bytes(CONTENT)

    log = read(api, farm, 0, -6, 100)

    assert (log.content, log.offset, log.size, log.nodeName, log.attempt, log.path) == (
        b" done\n",
        len(CONTENT) - 6,
        len(CONTENT),
        "",
        0,
        str(path),
    )
    assert read(api, farm, 0, 3, 2).content == CONTENT[3:5]
    assert read(api, farm, 0, 99).content == b"" and read(api, farm, 0, 0, 0).size == len(CONTENT)
    assert teller.asked == []


def test_no_answer_is_longer_than_a_mebibyte(api: Api, ran: JobT, farm: Farm, tmp_path: Path) -> None:
    (tmp_path / "0001-beauty.0.log").write_bytes(CONTENT + bytes(3 << 20))

    assert len(read(api, farm, 0, 0, 2**31 - 1).content) == 1 << 20


@pytest.mark.parametrize("content", [b"", b"] Plow", b"secret\n" * 20, b"x" * 50 + CONTENT])
def test_what_a_node_has_not_begun_is_left_to_the_node(
    api: Api, ran: JobT, farm: Farm, teller: TellingNode, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "0001-beauty.0.log").write_bytes(content)

    assert read(api, farm, 0).nodeName == "n1" and teller.asked


def test_a_server_that_is_root_leaves_every_file_to_the_node(
    api: Api, ran: JobT, farm: Farm, teller: TellingNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "0001-beauty.0.log").write_bytes(CONTENT)
    monkeypatch.setattr("plow_server.ownlogs.running_as_root", lambda: True)

    assert read(api, farm, 0).nodeName == "n1" and teller.asked


def test_a_link_in_place_of_a_log_is_not_followed(
    api: Api, ran: JobT, farm: Farm, teller: TellingNode, tmp_path: Path
) -> None:
    (tmp_path / "0001-beauty.0.log").symlink_to("/etc/passwd")

    assert read(api, farm, 0).content == CONTENT and teller.asked


@pytest.mark.parametrize("attempt, number", [(-1, 1), (1, 1), (0, 0)])
def test_the_node_is_asked_for_what_the_server_cannot_see(
    api: Api, ran: JobT, farm: Farm, teller: TellingNode, tmp_path: Path, attempt: int, number: int
) -> None:
    log = read(api, farm, attempt, 2, 5)

    assert (log.content, log.offset, log.nodeName, log.attempt) == (CONTENT[2:7], 2, "n1", number)
    assert teller.asked == [("readLog", str(tmp_path / f"0001-beauty.{number}.log"), 2, 5)]


def test_a_task_that_has_not_run_has_no_log(api: Api, launch: Launch, farm: Farm) -> None:
    launch()

    with pytest.raises(NotFound, match="task '0001-beauty' has no log: it has not run yet"):
        read(api, farm)


def test_what_makes_no_sense_is_told(api: Api, ran: JobT, farm: Farm) -> None:
    with pytest.raises(NotFound, match="task '0001-beauty' has no attempt 2: the newest is 1"):
        read(api, farm, 2)
    for arguments in ((-2, 0, 1), (0, 0, -1), (0, 2**63 - 1, 1)):
        with pytest.raises(Invalid):
            read(api, farm, *arguments)


def test_a_node_that_is_away_is_named(api: Api, ran: JobT, farm: Farm, teller: TellingNode) -> None:
    farm.execute("update plow.node set state = 'DOWN'")
    with pytest.raises(Unavailable, match="is on node 'n1', which is DOWN"):
        read(api, farm)
    farm.execute("update plow.node set state = 'UP', address = '127.0.0.1:1'")
    with pytest.raises(Unavailable, match="is on node 'n1', which does not answer"):
        read(api, farm)


def test_a_node_that_is_forgotten_is_told(api: Api, ran: JobT, farm: Farm) -> None:
    farm.complete([farm.value("select id from plow.proc")])
    farm.execute("update plow.node set state = 'DOWN'")
    api.deleteNode(id=str(farm.value("select id from plow.node")))

    with pytest.raises(NotFound, match="cannot be seen by the server, and node 'n1' is not known any more"):
        read(api, farm)


@pytest.mark.parametrize("fault", [NotFound("no log '/x'"), Denied("not to be read")])
def test_what_the_node_refuses_is_told_with_its_name(
    api: Api, ran: JobT, farm: Farm, teller: TellingNode, fault: PlowError
) -> None:
    teller.fault = fault

    with pytest.raises(type(fault), match="node 'n1': .*" + fault.why):
        read(api, farm)


def test_a_node_of_2013_cannot_be_asked(api: Api, ran: JobT, farm: Farm) -> None:
    old = Listener(OLD.RndNodeApi, {})
    old.start()
    farm.execute("update plow.node set address = %s", "{}:{}".format(*old.address))

    with pytest.raises(NotAllowed, match="node 'n1', whose daemon is too old"):
        read(api, farm)
    old.stop()


# ---- attempts


def found(api: Api, **criteria: object) -> list[tuple[str, int]]:
    return [(one.taskName, one.attempt) for one in api.getAttempts(filter=AttemptFilterT(**criteria))]


def test_attempts_are_found_by_every_criterion_newest_first(api: Api, launch: Launch, farm: Farm) -> None:
    job = launch(layer("a"), layer("b", range="1"))
    layers = {one.name: one.id for one in api.getLayers(jobId=job.id)}
    nodes = [farm.node("n1"), farm.node("n2")]
    for layer_id, node, end, status in (
        (layers["a"], nodes[0], "EXITED", 1),
        (layers["a"], nodes[1], "MEMORY", 0),
        (layers["b"], nodes[1], "EXITED", 0),
    ):
        farm.complete(
            [row["proc_id"] for row in farm.book((UUID(layer_id), node, 1))], end=end, status=status
        )
    stopped = [one.stopTime for one in api.getAttempts(filter=AttemptFilterT(jobIds=[job.id]))]

    assert stopped == sorted(stopped, reverse=True)
    assert found(api, jobIds=[job.id]) == [("0001-b", 0), ("0001-a", 1), ("0001-a", 0)]
    assert found(api, layerIds=[layers["a"]]) == [("0001-a", 1), ("0001-a", 0)]
    assert found(api, layerIds=[layers["a"]], jobIds=[]) == []
    assert found(api, taskIds=[first_task_of(farm, "0001-b")]) == [("0001-b", 0)]
    assert found(api, nodeNames=["n2"]) == [("0001-b", 0), ("0001-a", 1)]
    assert found(api, nodeNames=["n2"], ends=[AttemptEnd.MEMORY]) == [("0001-a", 1)]
    assert found(api, jobIds=[job.id], stoppedSince=stopped[0]) == [("0001-b", 0)]
    assert found(api, jobIds=[job.id], stoppedBefore=stopped[2]) == []
    assert found(api, jobIds=[job.id], limit=1, offset=1) == [("0001-a", 1)]
    with pytest.raises(Invalid, match="needs jobs, layers, tasks or nodes"):
        found(api)


def first_task_of(farm: Farm, name: str) -> str:
    return str(farm.value("select id from plow.task where name = %s", name))


def test_an_attempt_tells_all_about_itself(api: Api, ran: JobT, farm: Farm, tmp_path: Path) -> None:
    (one,) = api.getAttempts(filter=AttemptFilterT(jobIds=[ran.id]))

    assert (one.jobName, one.layerName, one.taskName, one.nodeName) == ("shot", "beauty", "0001-beauty", "n1")
    assert (one.exitStatus, one.exitSignal, one.endReason, one.highRam) == (1, 0, AttemptEnd.EXITED, 100)
    assert (one.clockMs, one.cores, one.ram) == (1000, 1, 512)
    assert one.logPath == str(tmp_path / "0001-beauty.0.log")
    assert one.startTime <= one.stopTime


# ---- nodes


def test_a_node_is_set_aside_and_taken_back(api: Api, farm: Farm) -> None:
    node = str(farm.node())
    api.setNodeState(id=node, state=NodeState.REPAIR)
    assert api.getNode(name="n1").state == NodeState.REPAIR
    api.setNodeState(id=node, state=NodeState.UP)
    assert api.getNode(name="n1").state == NodeState.UP
    with pytest.raises(Invalid, match="nobody sets a node DOWN"):
        api.setNodeState(id=node, state=NodeState.DOWN)


def test_a_node_is_told_to_reboot(api: Api, farm: Farm, teller: TellingNode) -> None:
    node = str(farm.node(address=teller.address))

    api.rebootNode(id=node, now=True)

    assert teller.asked == [("reboot", True)]
    told = api.getNode(name="n1")
    assert (told.isRebooting, told.isDraining) == (True, True)


def test_a_node_that_will_not_reboot_is_as_it_was(api: Api, farm: Farm, teller: TellingNode) -> None:
    node = str(farm.node(address=teller.address))
    teller.fault = NotAllowed("this node may not be rebooted")

    with pytest.raises(NotAllowed, match="this node may not be rebooted"):
        api.rebootNode(id=node, now=False)
    assert api.getNode(name="n1").isRebooting is False
    farm.execute("update plow.node set address = '127.0.0.1:1'")
    with pytest.raises(Unavailable):
        api.rebootNode(id=node, now=False)
    assert api.getNode(name="n1").isRebooting is False


# ---- what is deleted, and moved


def test_quotas_and_projects_are_deleted_and_folders_moved(api: Api, farm: Farm) -> None:
    project = api.createProject(title="New", code="new")
    folder = api.createFolder(projectId=project.id, name="comp")
    api.setFolderOrder(folderId=folder.id, order=0)
    assert [one.name for one in api.getFolders(project="new")] == ["comp", "jobs"]

    api.deleteQuota(id=str(farm.quota))
    api.deleteProject(id=project.id)

    with pytest.raises(NotFound):
        api.getQuota(id=str(farm.quota))
    with pytest.raises(NotFound):
        api.getProjectByCode(code="new")
