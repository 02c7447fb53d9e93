"""Calls about what a farm is made of: projects, folders, clusters, quotas, nodes, procs, services, outputs, layers."""

from __future__ import annotations

import time

import pytest

from plow_client.errors import AlreadyExists, Invalid, NotAllowed, NotFound
from plow_client.idl import (
    LayerT,
    NodeFilterT,
    NodeState,
    ProcFilterT,
    ProcState,
    QuotaFilterT,
    ServiceT,
    SlotMode,
)
from tests.integration.api.conftest import Api, Launch, layer
from tests.sql.farm import Farm

NOBODY = "00000000-0000-0000-0000-000000000000"


def test_the_clock_is_the_databases(api: Api) -> None:
    first, second = api.getPlowTime(), api.getPlowTime()
    assert abs(first / 1000 - time.time()) < 5 and second >= first


def test_projects(api: Api) -> None:
    made = api.createProject(title="Feature", code="ftr")

    assert made == api.getProject(id=made.id) == api.getProjectByCode(code="ftr")
    assert (made.code, made.title, made.isActive) == ("ftr", "Feature", True)
    assert [folder.name for folder in api.getFolders(project=made.id)] == ["jobs"]
    (quota,) = api.getQuotas(filter=QuotaFilterT(project=[made.id]))
    assert quota.name == "ftr.render"
    api.setProjectActive(id=made.id, active=False)
    assert [project.code for project in api.getActiveProjects()] == ["test"]
    assert [project.code for project in api.getProjects()] == ["ftr", "test"]
    with pytest.raises(AlreadyExists):
        api.createProject(title="Again", code="ftr")
    with pytest.raises(NotFound, match="no project 'xyz'"):
        api.getProjectByCode(code="xyz")
    for call in (api.getProject, lambda id: api.setProjectActive(id=id, active=True)):
        with pytest.raises(NotFound):
            call(id=NOBODY)


def test_folders(api: Api, farm: Farm, launch: Launch) -> None:
    job = launch()
    made = api.createFolder(projectId=str(farm.project), name="comp")

    assert (made.order, made.minCores, made.maxCores, made.totals.totalTaskCount) == (2, 0, -1, 0)
    api.setFolderName(folderId=made.id, name="comp2")
    api.setFolderMinCores(folderId=made.id, value=5)
    api.setFolderMaxCores(folderId=made.id, value=7)
    made = api.getFolder(id=made.id)
    assert (made.name, made.minCores, made.maxCores) == ("comp2", 5, 7)
    assert [folder.name for folder in api.getFolders(project="test")] == ["jobs", "comp2"]

    board = api.getJobBoard(project="test")
    assert [(folder.name, [one.id for one in folder.jobs]) for folder in board] == [
        ("jobs", [job.id]),
        ("comp2", []),
    ]
    assert board[0].totals.waitingTaskCount == api.getFolder(id=str(farm.folder)).totals.waitingTaskCount == 2
    api.killJob(jobId=job.id, reason="")
    assert api.getJobBoard(project="test")[0].jobs == []

    api.deleteFolder(folderId=made.id)
    with pytest.raises(NotFound):
        api.getFolder(id=made.id)
    with pytest.raises(NotFound):
        api.setFolderName(folderId=made.id, name="x")
    with pytest.raises(NotAllowed):
        api.deleteFolder(folderId=str(farm.folder))
    with pytest.raises(NotFound, match="no project 'xyz'"):
        api.getJobBoard(project="xyz")
    with pytest.raises(Invalid, match="1 to 128 characters"):
        api.createFolder(projectId=str(farm.project), name="")


def test_clusters(api: Api, farm: Farm) -> None:
    farm.node(cores=4)
    farm.node("n2", cores=8, is_locked=True, state="DOWN")
    made = api.createCluster(name="sim")

    assert (made.tags, made.isLocked, made.isDefault) == (["sim"], False, False)
    render = api.getCluster(name="render")
    assert render == api.getCluster(name=render.id)
    total = render.total
    assert (total.nodes, total.upNodes, total.downNodes, total.lockedNodes, total.unlockedNodes) == (
        2,
        1,
        1,
        1,
        1,
    )
    assert (total.cores, total.upCores, total.idleCores, total.runCores, total.lockedCores) == (
        12,
        4,
        12,
        0,
        8,
    )
    api.setClusterTags(id=made.id, tags={"b", "a"})
    api.setClusterName(id=made.id, name="sim2")
    assert [one.name for one in api.getClustersByTag(tag="a")] == ["sim2"]
    assert [one.name for one in api.getClusters()] == ["render", "sim2"]
    assert [api.lockCluster(id=made.id, locked=locked) for locked in (True, False, False)] == [
        True,
        True,
        False,
    ]
    api.setDefaultCluster(id=made.id)
    assert [one.isDefault for one in api.getClusters()] == [False, True]
    with pytest.raises(NotAllowed, match="has nodes"):
        api.deleteCluster(id=render.id)
    api.setDefaultCluster(id=render.id)
    assert [api.deleteCluster(id=made.id), api.deleteCluster(id=made.id)] == [True, False]
    for call, arguments in ((api.setClusterTags, {"tags": {"a"}}), (api.setClusterName, {"name": "x"})):
        with pytest.raises(NotFound, match="no cluster"):
            call(id=NOBODY, **arguments)
    with pytest.raises(NotFound, match="no cluster 'sim2'"):
        api.getCluster(name="sim2")
    with pytest.raises(AlreadyExists):
        api.createCluster(name="render")


def test_quotas(api: Api, farm: Farm) -> None:
    sim = api.createCluster(name="sim")
    made = api.createQuota(projectId=str(farm.project), clusterId=sim.id, size=3, burst=7)

    assert (made.name, made.size, made.burst, made.isLocked, made.runCores) == ("test.sim", 3, 7, False, 0)
    api.setQuotaSize(id=made.id, size=0)
    api.setQuotaBurst(id=made.id, burst=70)
    api.setQuotaLocked(id=made.id, locked=True)
    made = api.getQuota(id=made.id)
    assert (made.size, made.burst, made.isLocked) == (0, 70, True)
    assert [one.name for one in api.getQuotas(filter=QuotaFilterT())] == ["test.render", "test.sim"]
    assert api.getQuotas(filter=QuotaFilterT(cluster=[sim.id])) == [made]
    assert api.getQuotas(filter=QuotaFilterT(cluster=[NOBODY])) == []
    with pytest.raises(Invalid):
        api.getQuotas(filter=QuotaFilterT(project=["test"]))
    with pytest.raises(AlreadyExists):
        api.createQuota(projectId=str(farm.project), clusterId=sim.id, size=3, burst=7)
    with pytest.raises(NotFound, match="no cluster"):
        api.createQuota(projectId=str(farm.project), clusterId=NOBODY, size=3, burst=7)


def test_nodes(api: Api, farm: Farm) -> None:
    one = str(farm.node("r1", cores=4, ram=8000))
    farm.node("r2", state="DOWN", is_locked=True)
    sim = api.createCluster(name="sim")
    farm.execute("update plow.node_report set load = '{0.5,1,2.25}', ip = '10.0.0.1', version = '0.1'")

    def found(**criteria: object) -> list[str]:
        return [node.name for node in api.getNodes(filter=NodeFilterT(**criteria))]

    node = api.getNode(name="r1")
    assert node == api.getNode(name=one)
    assert (node.totalCores, node.idleCores, node.totalRamMb, node.freeRamMb) == (4, 4, 8000, 8000)
    assert (node.clusterName, node.tags, node.ipaddr, node.version) == (
        "render",
        ["render"],
        "10.0.0.1",
        "0.1",
    )
    assert (node.system.load, node.runProcs, node.isDraining) == ([50, 100, 225], 0, False)
    assert found() == ["r1", "r2"]
    assert found(hostIds=[one]) == found(regex="1$") == found(hostnames=["r1"]) == ["r1"]
    assert found(states=[NodeState.DOWN]) == found(locked=True) == ["r2"]
    assert found(clusterIds=[sim.id]) == found(states=[]) == []

    api.setNodeLocked(id=one, locked=True)
    api.setNodeTags(id=one, tags={"x", "y"})
    api.setNodeSlotMode(id=one, mode=SlotMode.SLOTS, slotCores=2, slotRam=1024)
    node = api.getNode(name="r1")
    assert (node.locked, node.tags, node.mode, node.slotCores, node.slotRam) == (
        True, ["x", "y"], SlotMode.SLOTS, 2, 1024,
    )  # fmt: skip
    api.setNodeCluster(id=one, clusterId=sim.id)
    assert (api.getNode(name="r1").clusterName, api.getNode(name="r1").tags) == ("sim", ["sim"])
    with pytest.raises(NotFound, match="no node 'r9'"):
        api.getNode(name="r9")
    with pytest.raises(Invalid):
        api.getNodes(filter=NodeFilterT(regex="["))
    with pytest.raises(Invalid, match="slots of 0 cores"):
        api.setNodeSlotMode(id=one, mode=SlotMode.SLOTS, slotCores=0, slotRam=1)


def test_procs_by_every_criterion(api: Api, farm: Farm, launch: Launch) -> None:
    job, node = launch(), str(farm.node())
    (first, second) = farm.book(
        (farm.value("select id from plow.layer"), farm.value("select id from plow.node"), 2)
    )
    ids = {key: str(first[key]) for key in ("layer_id", "job_id", "folder_id", "quota_id")}

    for criteria in (
        {"projectIds": [str(farm.project)]}, {"folderIds": [ids["folder_id"]]}, {"jobIds": [job.id]},
        {"layerIds": [ids["layer_id"]]}, {"clusterIds": [str(farm.cluster)]}, {"quotaIds": [ids["quota_id"]]},
        {"nodeIds": [node]}, {},
    ):  # fmt: skip
        assert len(api.getProcs(filter=ProcFilterT(**criteria))) == 2
        for name in criteria:
            assert api.getProcs(filter=ProcFilterT(**{**criteria, name: [NOBODY]})) == []
    (only,) = api.getProcs(filter=ProcFilterT(taskIds=[str(second["task_id"])]))
    assert only == api.getProc(id=str(second["proc_id"]))
    assert (only.jobName, only.layerName, only.taskName, only.nodeName) == (
        "shot",
        "beauty",
        "0002-beauty",
        "n1",
    )
    assert (only.cores, only.ram, only.state, only.attempt, only.ioStats) == (
        1,
        512,
        ProcState.BOOKED,
        0,
        [0, 0, 0, 0],
    )
    assert len(api.getProcs(filter=ProcFilterT(limit=1, offset=1))) == 1
    assert api.getProcs(filter=ProcFilterT(lastUpdateTime=api.getPlowTime() + 60_000)) == []
    farm.execute("update plow.proc set created = created - interval '1 hour'")
    since = ProcFilterT(lastUpdateTime=api.getPlowTime() - 60_000)
    assert api.getProcs(filter=since) == []
    api.killProc(id=only.id, reason="why")
    assert [(one.id, one.state) for one in api.getProcs(filter=since)] == [(only.id, ProcState.KILLING)]
    with pytest.raises(Invalid):
        api.getProcs(filter=ProcFilterT(jobIds=["x"]))
    with pytest.raises(NotFound, match="no proc"):
        api.getProc(id=NOBODY)


def test_services_keep_unset_apart(api: Api, launch: Launch) -> None:
    bare = api.createService(svc=ServiceT(name="bare"))
    full = api.createService(
        svc=ServiceT(
            name="full",
            tags=["a", "b", "a"],
            minCores=2,
            maxCores=3,
            minRam=4,
            maxRam=5,
            maxRetries=0,
            threadable=False,
        )
    )

    assert bare == ServiceT(id=bare.id, name="bare")
    assert (full.tags, full.minCores, full.maxCores, full.minRam, full.maxRam) == (["a", "b"], 2, 3, 4, 5)
    assert (full.maxRetries, full.threadable) == (0, False)
    api.updateService(svc=ServiceT(id=full.id, name="full2", minRam=7))
    assert api.getServices() == [bare, ServiceT(id=full.id, name="full2", minRam=7)]
    job = launch(layer(serv="full2", minRam=None))
    (made,) = api.getLayers(jobId=job.id)
    assert (made.serv, made.minRam, made.minCores) == ("full2", 7, 1)
    with pytest.raises(AlreadyExists):
        api.createService(svc=ServiceT(name="bare"))
    for bad in (ServiceT(name=""), ServiceT(name="x", minCores=0), ServiceT(name="x", minRam=5, maxRam=4)):
        with pytest.raises(Invalid):
            api.createService(svc=bad)
    api.deleteService(id=bare.id)
    for call in (lambda: api.deleteService(id=bare.id), lambda: api.updateService(svc=bare)):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(Invalid, match="by its id"):
        api.updateService(svc=ServiceT(name="x"))


def test_outputs(api: Api, launch: Launch) -> None:
    job = launch()
    (beauty,) = api.getLayers(jobId=job.id)
    made = api.addOutput(layerId=beauty.id, path="/out/a.####.exr", attrs={"a": "1"})
    again = api.addOutput(layerId=beauty.id, path="/out/a.####.exr", attrs={})

    assert api.getLayerOutputs(layerId=beauty.id) == api.getJobOutputs(jobId=job.id) == [made, again]
    api.updateOutputAttrs(outputId=made.outputId, attrs={"b": "2", "a": "3"})
    assert api.getOutputAttrs(outputId=made.outputId) == {"a": "3", "b": "2"}
    api.setOutputAttrs(outputId=made.outputId, attrs={"c": "4"})
    assert api.getOutputAttrs(outputId=made.outputId) == {"c": "4"}
    assert api.getOutputAttrs(outputId=again.outputId) == {}
    with pytest.raises(NotFound, match="no layer"):
        api.addOutput(layerId=NOBODY, path="/x", attrs={})
    with pytest.raises(Invalid, match="needs a path"):
        api.addOutput(layerId=beauty.id, path="", attrs={})
    for call in (api.getOutputAttrs, lambda outputId: api.setOutputAttrs(outputId=outputId, attrs={})):
        with pytest.raises(NotFound, match="no output"):
            call(outputId=NOBODY)


def test_layers(api: Api, farm: Farm, launch: Launch) -> None:
    job = launch(layer("b", range="1-4", chunk=2), layer("a", maxRetries=7))
    b, a = api.getLayers(jobId=job.id)

    assert (b.name, b.range, b.chunk, b.order, b.command) == ("b", "1-4", 2, 0, ["true"])
    assert (a.order, a.maxRetries, a.totals.totalTaskCount) == (1, 7, 2)
    assert a == api.getLayerById(layerId=a.id) == api.getLayer(jobId=job.id, name="a")
    api.setLayerTags(guid=a.id, tags=["t1", "t2", "t3", "t1"])
    api.setLayerMinCoresPerTask(guid=a.id, minCores=0)
    api.setLayerMaxCoresPerTask(guid=a.id, maxCores=40000)
    api.setLayerMinRamPerTask(guid=a.id, minRam=8)
    api.setLayerThreadable(guid=a.id, threadable=True)
    changed: LayerT = api.getLayerById(layerId=a.id)
    assert changed.tags == ["t1", "t2", "t3"]
    assert (changed.minCores, changed.maxCores, changed.minRam, changed.threadable) == (1, 32767, 256, True)
    with pytest.raises(NotFound, match="no layer 'z'"):
        api.getLayer(jobId=job.id, name="z")
    assert api.getLayers(jobId=NOBODY) == []


def test_the_stats_of_a_layer(api: Api, farm: Farm, launch: Launch) -> None:
    job = launch(layer(range="1-3"))
    booked = farm.book((farm.value("select id from plow.layer"), farm.node(), 3))
    for row, (ram, clock_ms) in zip(booked, ((100, 1000), (200, 2000), (300, 3000)), strict=True):
        farm.complete([row["proc_id"]], high_ram=ram, clock_ms=clock_ms)

    stats = api.getLayers(jobId=job.id)[0].stats
    assert (stats.highRam, stats.avgRam, stats.stdDevRam) == (300, 200, 100.0)
    assert (stats.highClockTime, stats.avgClockTime, stats.lowClockTime) == (3000, 2000, 1000)
    assert stats.totalClockTime == stats.totalSuccessClockTime == 6000
