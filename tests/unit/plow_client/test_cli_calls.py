"""Everything that the interface offers can be done from the shell: each call has a command that makes it.

Rows C08 (every object can be listed and changed) and C10 (every list as JSON) of the check list are here.
"""

from __future__ import annotations

import csv
import io
import json
import shlex

import pytest

from plow_client import current, idl
from plow_client.cli.main import run
from plow_client.errors import NotFound
from tests.unit.plow_client.any_farm import ID, AnyFarm

LISTS = {
    "attempt list shot": "getAttempts",
    "avoid list": "getAvoids",
    "cluster list": "getClusters",
    "cluster list --tag gpu": "getClustersByTag",
    "depend list shot": "getJobDependsOn",
    "depend list shot --of": "getDependsOnJob",
    "depend list shot/shot": "getLayerDependsOn",
    "depend list shot/shot --of": "getDependsOnLayer",
    "depend list shot/shot/1": "getTaskDependsOn",
    "depend list shot/shot/1 --of": "getDependsOnTask",
    "failures shot": "getJobFailures",
    "filter list --project shot": "getFilters",
    "filter matcher list shot": "getMatchers",
    "filter action list shot": "getActions",
    "folder list": "getFolders",
    "history shot": "getHistory",
    "job list": "getJobs",
    "job board": "getJobBoard",
    "job filters shot": "getJobFilterTrace",
    "job tasks shot": "getTasks",
    "layer list shot": "getLayers",
    "layer versions shot/shot": "getLayerVersions",
    "limit list": "getLimits",
    "node list": "getNodes",
    "node reservations": "getReservations",
    "output list shot": "getJobOutputs",
    "output list shot/shot": "getLayerOutputs",
    "pool list": "getPools",
    "predictions": "getPredictionQuality",
    "proc list": "getProcs",
    "project list": "getActiveProjects",
    "project list --all": "getProjects",
    "quota list": "getQuotas",
    "service list": "getServices",
    "task list shot": "getTasks",
    "task attempts shot/shot": "getTaskStats",
}
OTHERS = {
    "avoid clear --job shot": "clearAvoids",
    "cluster create shot": "createCluster",
    "cluster delete shot --yes": "deleteCluster",
    "cluster lock shot": "lockCluster",
    "cluster set shot --default": "setDefaultCluster",
    "cluster set shot --name lit": "setClusterName",
    "cluster set shot --tags a,b": "setClusterTags",
    "cluster show shot": "getCluster",
    f"depend activate {ID}": "activateDepend",
    "depend create shot shot": "createDepend",
    f"depend drop {ID}": "dropDepend",
    "events": "getEvents",
    "failures r1": "getNodeFailures",
    "filter action create shot pause true": "createAction",
    f"filter action delete shot {ID} --yes": "deleteAction",
    f"filter action set shot {ID} --value false": "updateAction",
    f"filter action set shot {ID} --type pause": "getAction",
    "filter create shot lit": "createFilter",
    "filter delete shot --yes": "deleteFilter",
    "filter matcher create shot attr:kind is fx": "createAttrMatcher",
    "filter matcher create shot user is anna": "createFieldMatcher",
    f"filter matcher delete shot {ID} --yes": "deleteMatcher",
    f"filter matcher set shot {ID} --field user": "getMatcher",
    f"filter matcher set shot {ID} --value anna": "updateMatcher",
    "filter move shot down": "increaseFilterOrder",
    "filter move shot up": "decreaseFilterOrder",
    "filter set shot --disabled": "setFilterEnabled",
    "filter set shot --name lit": "setFilterName",
    "filter set shot --order 0": "setFilterOrder",
    "filter show shot": "getFilter",
    "folder create shot lit": "createFolder",
    "folder delete shot --yes": "deleteFolder",
    "folder set shot --max-cores -1": "setFolderMaxCores",
    "folder set shot --name lit": "setFolderName",
    "folder set shot --order 0": "setFolderOrder",
    "folder set shot --weight 5": "setFolderMinCores",
    "folder show shot": "getFolder",
    "job append shot LAYERS": "appendLayers",
    "job kill shot --yes": "killJob",
    "job launch SPEC": "launch",
    "job launch SPEC --check": "checkLaunch",
    "job pause shot": "pauseJob",
    "job pools shot gpu": "setJobPools",
    "job restart shot --yes": "restartJob",
    "job set shot --attr a=b": "setJobAttrs",
    "job set shot --folder shot": "setJobFolder",
    "job set shot --max-cores 5": "setJobMaxCores",
    "job set shot --priority 5": "setJobPriority",
    "job set shot --start-after +4h": "setJobStartAfter",
    "job set shot --weight 5": "setJobMinCores",
    "job show shot": "getActiveJob",
    f"job show {ID}": "getJob",
    "job spec shot": "getJobSpec",
    "layer append shot/shot 11-20": "appendFrames",
    "layer append shot/shot --task mix": "appendTasks",
    "layer command shot/shot -- render -v": "setLayerCommand",
    "layer set shot/shot --chunk 5": "setLayerChunk",
    "layer set shot/shot --kill-grace 5": "setLayerKillGrace",
    "layer set shot/shot --max-cores 5": "setLayerMaxCoresPerTask",
    "layer set shot/shot --max-ram 500": "setLayerMaxRamPerTask",
    "layer set shot/shot --min-cores 5": "setLayerMinCoresPerTask",
    "layer set shot/shot --min-ram 500": "setLayerMinRamPerTask",
    "layer set shot/shot --need gpus=2": "setLayerNeeds",
    "layer set shot/shot --priority 5": "setLayerPriority",
    "layer set shot/shot --retries 5": "setLayerMaxRetries",
    "layer set shot/shot --retry-rule delay_s=30": "setLayerRetryRules",
    "layer set shot/shot --run max_run_s=60": "setLayerRun",
    "layer set shot/shot --service nuke": "setLayerService",
    "layer set shot/shot --tags a,b": "setLayerTags",
    "layer set shot/shot --threadable": "setLayerThreadable",
    "layer show shot/shot": "getLayer",
    f"layer show {ID}": "getLayerById",
    "limit create nuke 5": "createLimit",
    "limit delete shot --yes": "deleteLimit",
    "limit retry shot": "clearLimitWait",
    "limit set shot --held-back 5": "setLimitHeldBack",
    "limit set shot --total 5": "setLimitTotal",
    "limit show shot": "getLimit",
    "log shot/shot": "readTaskLog",
    f"log {ID}": "getTaskLogPath",
    "node delete shot --yes": "deleteNode",
    "node lock shot": "setNodeLocked",
    "node reboot shot": "rebootNode",
    "node release shot": "clearReservation",
    "node repair shot": "setNodeState",
    "node set shot --cluster shot": "setNodeCluster",
    "node set shot --mode slots --slot-cores 4": "setNodeSlotMode",
    "node set shot --tags a,b": "setNodeTags",
    "node show shot": "getNode",
    "output add shot/shot /p/a.exr": "addOutput",
    "output set shot shot a=b": "updateOutputAttrs",
    "output set shot shot a=b --replace": "setOutputAttrs",
    f"output show shot {ID}": "getOutputAttrs",
    "pool add shot r1": "changePoolHosts",
    "pool hosts shot r1": "setPoolHosts",
    "pool create gpu r1": "createPool",
    "pool delete shot --yes": "deletePool",
    "pool exclusive shot": "setPoolExclusive",
    "pool rename shot lit": "setPoolName",
    "pool show shot": "getPool",
    f"proc kill {ID} --yes": "killProc",
    f"proc show {ID}": "getProc",
    "project create lit": "createProject",
    "project deactivate shot": "setProjectActive",
    "project delete shot --yes": "deleteProject",
    f"project show {ID}": "getProject",
    "project show shot": "getProjectByCode",
    "quota create shot shot 5 10": "createQuota",
    "quota delete shot --yes": "deleteQuota",
    "quota lock shot": "setQuotaLocked",
    "quota set shot --burst 5": "setQuotaBurst",
    "quota set shot --size 5": "setQuotaSize",
    "quota show shot": "getQuota",
    "service create nuke --need limits=nuke": "createService",
    "service delete shot --yes": "deleteService",
    "service set shot --retries 5": "updateService",
    "task eat shot/shot --yes": "eatTasks",
    "task kill 'job=shot and state=running' --yes": "killTasks",
    "task retry shot/shot --yes": "retryTasks",
    f"task show {ID}": "getTask",
    "why shot": "explain",
}
# Calls that a command stands for without making them.
STANDS_FOR = {
    **dict.fromkeys(
        (
            "createJobOnJobDepend", "createLayerOnLayerDepend", "createLayerOnTaskDepend", "createTaskByTaskDepend",
            "createTaskOnLayerDepend", "createTaskOnTaskDepend",
        ),
        "createDepend, whose answer says what was made: `plow depend create`",
    ),
    "getPlowTime": "asked by every list that says how long something lasts",
    "parseQuery": "for other languages; the command reads queries itself",
    "introduce": "said by the connection itself",
}  # fmt: skip
SPEC = {"name": "shot", "project": "show", "layers": [{"name": "a", "command": ["true"], "range": "1-10"}]}


@pytest.fixture
def farm():
    farm = AnyFarm(
        getEvents=idl.EventPageT(events=[], nextSequence=1, isComplete=True),
        readTaskLog=idl.LogT(content=b""),
        getActiveJob=lambda name: _named(name),
        getJobs=lambda filter: [] if filter.name else [_named("shot")],
    )
    current.use(farm)
    yield farm
    current.reconnect()


def _named(name):
    if name == "r1":
        raise NotFound("no job 'r1'")
    return AnyFarm().answers["getJob"]


@pytest.fixture
def words(tmp_path):
    """A command line as words, with files for the specs."""
    (tmp_path / "spec").write_text(json.dumps(SPEC))
    (tmp_path / "layers").write_text(json.dumps(SPEC["layers"]))
    files = {"SPEC": str(tmp_path / "spec"), "LAYERS": str(tmp_path / "layers")}
    return lambda line: [files.get(word, word) for word in shlex.split(line)]


@pytest.mark.parametrize(("line", "call"), [*LISTS.items(), *OTHERS.items()])
def test_row_c08_a_command_makes_its_call(farm, capfd, words, line, call):
    assert run(words(line)) == 0, capfd.readouterr().err

    assert farm.calls(call)


def test_row_c08_no_call_is_out_of_reach():
    reached = {*LISTS.values(), *OTHERS.values()} | set(STANDS_FOR)

    assert set(idl.RpcService.thrift_services) - reached == set()
    assert reached - set(idl.RpcService.thrift_services) == set()


@pytest.mark.parametrize("line", LISTS)
def test_row_c10_every_list_is_json(farm, capsys, words, line):
    assert run([*words(line), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told and all(isinstance(one, dict) for one in told)


@pytest.mark.parametrize("line", LISTS)
def test_every_list_is_csv(farm, capsys, words, line):
    assert run([*words(line), "--format", "csv", "--long"]) == 0

    titles, first, *_ = csv.reader(io.StringIO(capsys.readouterr().out))
    assert len(titles) == len(first) > 0
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("line", LISTS)
def test_every_list_has_all_its_columns_on_request(farm, capsys, words, line):
    assert run([*words(line), "--long"]) == 0

    assert "shot" in capsys.readouterr().out


def test_every_list_of_the_command_line_is_tested():
    from plow_client.cli.main import NOUNS, cli
    from tests.docs.test_command_line import commands

    tested = {" ".join(line.split()[:3]) for line in LISTS} | {" ".join(line.split()[:2]) for line in LISTS}
    tested |= {line.split()[0] for line in LISTS}
    with_columns = {
        name.removeprefix("plow ")
        for name, command in commands(cli, "plow")
        if any(parameter.name == "columns" for parameter in command.params) and name.split()[1] in NOUNS
    }

    assert with_columns - tested == set()
