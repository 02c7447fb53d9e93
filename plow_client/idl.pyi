# Written by `python -m plow_client.rpc.stubs` from plow.thrift. Do not edit.
from collections.abc import Collection, Mapping
from enum import IntEnum
from pathlib import Path
from types import ModuleType
from typing import Any

FILE_NAME: str
enums: Mapping[str, type[IntEnum]]
structs: Mapping[str, type[Any]]
services: Mapping[str, type[Any]]

def find() -> Path: ...
def load(path: Path, module_name: str) -> ModuleType: ...
def service_of(service: str | type[Any]) -> type[Any]: ...

class JobState(IntEnum):
    INITIALIZE = 0
    RUNNING = 1
    FINISHED = 2
    POST = 3

class TaskState(IntEnum):
    INITIALIZE = 0
    WAITING = 1
    RUNNING = 2
    DEAD = 3
    EATEN = 4
    DEPEND = 5
    SUCCEEDED = 6

class NodeState(IntEnum):
    UP = 0
    DOWN = 1
    REPAIR = 2

class SlotMode(IntEnum):
    DYNAMIC = 0
    SINGLE = 1
    SLOTS = 2

class DependType(IntEnum):
    JOB_ON_JOB = 0
    LAYER_ON_LAYER = 1
    LAYER_ON_TASK = 2
    TASK_ON_LAYER = 3
    TASK_ON_TASK = 4
    TASK_BY_TASK = 5

class MatcherType(IntEnum):
    CONTAINS = 0
    NOT_CONTAINS = 1
    IS = 2
    IS_NOT = 3
    BEGINS_WITH = 4
    ENDS_WITH = 5

class MatcherField(IntEnum):
    JOB_NAME = 0
    USER = 1
    ATTR = 2

class ActionType(IntEnum):
    SET_FOLDER = 0
    SET_MIN_CORES = 1
    SET_MAX_CORES = 2
    PAUSE = 3
    STOP_PROCESSING = 4

class AttemptEnd(IntEnum):
    EXITED = 0
    KILLED = 1
    LOST = 2
    NOT_STARTED = 3
    SHUTDOWN = 4
    MEMORY = 5
    NODE_LOST = 6
    ABORTED = 7
    RUN_TIME = 8
    SILENCE = 9
    LICENSE = 10
    ENVIRONMENT = 11
    LOG_ERROR = 12
    RECALLED = 13

class ProcState(IntEnum):
    BOOKED = 0
    RUNNING = 1
    KILLING = 2

class LimitPer(IntEnum):
    TASK = 0
    NODE = 1
    USER = 2

class TaskOrder(IntEnum):
    GIVEN = 0
    FIRST_MIDDLE_LAST = 1
    EVERY_NTH = 2

class QueryKind(IntEnum):
    JOB = 0
    TASK = 1
    NODE = 2

class QueryOp(IntEnum):
    EQUAL = 0
    NOT_EQUAL = 1
    MATCH = 2
    NOT_MATCH = 3
    LESS = 4
    AT_MOST = 5
    MORE = 6
    AT_LEAST = 7
    AND = 8
    OR = 9
    NOT = 10

class DiskIO:
    readCount: int
    writeCount: int
    readBytes: int
    writeBytes: int
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        readCount: int | None = ...,
        writeCount: int | None = ...,
        readBytes: int | None = ...,
        writeBytes: int | None = ...,
    ) -> None: ...

class Hardware:
    physicalCpus: int
    logicalCpus: int
    totalRamMb: int
    freeRamMb: int
    totalSwapMb: int
    freeSwapMb: int
    cpuModel: str
    platform: str
    load: list[float]
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        physicalCpus: int | None = ...,
        logicalCpus: int | None = ...,
        totalRamMb: int | None = ...,
        freeRamMb: int | None = ...,
        totalSwapMb: int | None = ...,
        freeSwapMb: int | None = ...,
        cpuModel: str | None = ...,
        platform: str | None = ...,
        load: list[float] | None = ...,
    ) -> None: ...

class RunSettingsT:
    maxRunS: int | None
    maxSilenceS: int | None
    maxLogMb: int | None
    niceness: int | None
    wrapper: list[str] | None
    logRules: list[str] | None
    beforeCommand: list[str] | None
    moreCommands: list[list[str]] | None
    afterCommand: list[str] | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        maxRunS: int | None = ...,
        maxSilenceS: int | None = ...,
        maxLogMb: int | None = ...,
        niceness: int | None = ...,
        wrapper: list[str] | None = ...,
        logRules: list[str] | None = ...,
        beforeCommand: list[str] | None = ...,
        moreCommands: list[list[str]] | None = ...,
        afterCommand: list[str] | None = ...,
    ) -> None: ...

class NeedsT:
    pools: list[str] | None
    os: str | None
    nodeCores: int | None
    nodeRam: int | None
    wholeNode: bool | None
    gpus: int | None
    gpuRam: int | None
    limits: list[str] | None
    maxPerNode: int | None
    fitRam: bool | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        pools: list[str] | None = ...,
        os: str | None = ...,
        nodeCores: int | None = ...,
        nodeRam: int | None = ...,
        wholeNode: bool | None = ...,
        gpus: int | None = ...,
        gpuRam: int | None = ...,
        limits: list[str] | None = ...,
        maxPerNode: int | None = ...,
        fitRam: bool | None = ...,
    ) -> None: ...

class RetryRulesT:
    exits: list[int] | None
    delayS: int | None
    mostDelayS: int | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        exits: list[int] | None = ...,
        delayS: int | None = ...,
        mostDelayS: int | None = ...,
    ) -> None: ...

class RunTaskCommand:
    procId: str
    taskId: str
    jobId: str
    layerId: str
    cores: int
    command: list[str]
    env: dict[str, str]
    logFile: str
    uid: int
    username: str
    taskTypes: list[str] | None
    jobName: str | None
    layerName: str | None
    taskName: str | None
    attempt: int | None
    ramMb: int | None
    frames: str | None
    serv: str | None
    killGraceS: int | None
    run: RunSettingsT | None
    memoryLimitMb: int | None
    gpus: list[int] | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        procId: str | None = ...,
        taskId: str | None = ...,
        jobId: str | None = ...,
        layerId: str | None = ...,
        cores: int | None = ...,
        command: list[str] | None = ...,
        env: dict[str, str] | None = ...,
        logFile: str | None = ...,
        uid: int | None = ...,
        username: str | None = ...,
        taskTypes: list[str] | None = ...,
        jobName: str | None = ...,
        layerName: str | None = ...,
        taskName: str | None = ...,
        attempt: int | None = ...,
        ramMb: int | None = ...,
        frames: str | None = ...,
        serv: str | None = ...,
        killGraceS: int | None = ...,
        run: RunSettingsT | None = ...,
        memoryLimitMb: int | None = ...,
        gpus: list[int] | None = ...,
    ) -> None: ...

class RunningTask:
    procId: str
    taskId: str
    jobId: str
    layerId: str
    rssMb: int
    pid: int
    progress: float
    lastLog: str
    cpuPercent: int
    diskIO: DiskIO | None
    usedCores: float | None
    startTime: int | None
    highRssMb: int | None
    attempt: int | None
    commandIndex: int | None
    warnings: int | None
    gpus: list[int] | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        procId: str | None = ...,
        taskId: str | None = ...,
        jobId: str | None = ...,
        layerId: str | None = ...,
        rssMb: int | None = ...,
        pid: int | None = ...,
        progress: float | None = ...,
        lastLog: str | None = ...,
        cpuPercent: int | None = ...,
        diskIO: DiskIO | None = ...,
        usedCores: float | None = ...,
        startTime: int | None = ...,
        highRssMb: int | None = ...,
        attempt: int | None = ...,
        commandIndex: int | None = ...,
        warnings: int | None = ...,
        gpus: list[int] | None = ...,
    ) -> None: ...

class RunTaskResult:
    procId: str
    taskId: str
    jobId: str
    maxRssMb: int
    exitStatus: int
    exitSignal: int | None
    signal: int | None
    endReason: int | None
    reason: str | None
    startTime: int | None
    stopTime: int | None
    clockMs: int | None
    cpuMs: int | None
    highCores: float | None
    commandIndex: int | None
    warnings: int | None
    diskIO: DiskIO | None
    failureLine: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        procId: str | None = ...,
        taskId: str | None = ...,
        jobId: str | None = ...,
        maxRssMb: int | None = ...,
        exitStatus: int | None = ...,
        exitSignal: int | None = ...,
        signal: int | None = ...,
        endReason: int | None = ...,
        reason: str | None = ...,
        startTime: int | None = ...,
        stopTime: int | None = ...,
        clockMs: int | None = ...,
        cpuMs: int | None = ...,
        highCores: float | None = ...,
        commandIndex: int | None = ...,
        warnings: int | None = ...,
        diskIO: DiskIO | None = ...,
        failureLine: str | None = ...,
    ) -> None: ...

class GpuT:
    index: int
    model: str
    memoryMb: int
    uuid: str | None
    freeMemoryMb: int | None
    usedPercent: int | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        index: int | None = ...,
        model: str | None = ...,
        memoryMb: int | None = ...,
        uuid: str | None = ...,
        freeMemoryMb: int | None = ...,
        usedPercent: int | None = ...,
    ) -> None: ...

class DiskT:
    path: str
    totalMb: int
    freeMb: int
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        path: str | None = ...,
        totalMb: int | None = ...,
        freeMb: int | None = ...,
    ) -> None: ...

class Ping:
    hostname: str
    ipAddr: str
    isReboot: bool
    bootTime: int
    hw: Hardware
    tasks: list[RunningTask]
    address: str | None
    bootId: str | None
    daemonId: str | None
    sequence: int | None
    procIds: list[str] | None
    cores: int | None
    ramMb: int | None
    version: str | None
    isDraining: bool | None
    os: str | None
    arch: str | None
    gpus: list[GpuT] | None
    disks: list[DiskT] | None
    users: list[str] | None
    metrics: dict[str, float] | None
    awayReason: str | None
    gone: list[str] | None
    complaints: list[str] | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        hostname: str | None = ...,
        ipAddr: str | None = ...,
        isReboot: bool | None = ...,
        bootTime: int | None = ...,
        hw: Hardware | None = ...,
        tasks: list[RunningTask] | None = ...,
        address: str | None = ...,
        bootId: str | None = ...,
        daemonId: str | None = ...,
        sequence: int | None = ...,
        procIds: list[str] | None = ...,
        cores: int | None = ...,
        ramMb: int | None = ...,
        version: str | None = ...,
        isDraining: bool | None = ...,
        os: str | None = ...,
        arch: str | None = ...,
        gpus: list[GpuT] | None = ...,
        disks: list[DiskT] | None = ...,
        users: list[str] | None = ...,
        metrics: dict[str, float] | None = ...,
        awayReason: str | None = ...,
        gone: list[str] | None = ...,
        complaints: list[str] | None = ...,
    ) -> None: ...

class PingReply:
    kill: list[str]
    serverTime: int
    pingIntervalS: int | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        kill: list[str] | None = ...,
        serverTime: int | None = ...,
        pingIntervalS: int | None = ...,
    ) -> None: ...

class StartReply:
    procId: str
    accepted: bool
    code: int | None
    why: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        procId: str | None = ...,
        accepted: bool | None = ...,
        code: int | None = ...,
        why: str | None = ...,
    ) -> None: ...

class KillCommand:
    procId: str
    reason: str
    graceS: int | None
    spareHeld: bool | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        procId: str | None = ...,
        reason: str | None = ...,
        graceS: int | None = ...,
        spareHeld: bool | None = ...,
    ) -> None: ...

class KillReply:
    procId: str
    held: bool
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        procId: str | None = ...,
        held: bool | None = ...,
    ) -> None: ...

class RuleCountT:
    code: str
    nodes: int
    sentence: str
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        code: str | None = ...,
        nodes: int | None = ...,
        sentence: str | None = ...,
    ) -> None: ...

class PredictionT:
    ramMb: int
    cores: float
    clockMs: int
    quantile: float
    confidence: float
    samples: int
    basis: str
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        ramMb: int | None = ...,
        cores: float | None = ...,
        clockMs: int | None = ...,
        quantile: float | None = ...,
        confidence: float | None = ...,
        samples: int | None = ...,
        basis: str | None = ...,
    ) -> None: ...

class PredictionQualityT:
    serv: str
    attempts: int
    medianRamRatio: float
    withinRam: float
    medianClockRatio: float
    killedForMemory: int
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        serv: str | None = ...,
        attempts: int | None = ...,
        medianRamRatio: float | None = ...,
        withinRam: float | None = ...,
        medianClockRatio: float | None = ...,
        killedForMemory: int | None = ...,
    ) -> None: ...

class ReservationT:
    nodeId: str
    nodeName: str
    jobId: str
    layerId: str
    jobName: str
    layerName: str
    cores: int
    ram: int
    startTime: int
    sentence: str
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        nodeId: str | None = ...,
        nodeName: str | None = ...,
        jobId: str | None = ...,
        layerId: str | None = ...,
        jobName: str | None = ...,
        layerName: str | None = ...,
        cores: int | None = ...,
        ram: int | None = ...,
        startTime: int | None = ...,
        sentence: str | None = ...,
    ) -> None: ...

class AheadT:
    jobId: str
    jobName: str
    waiting: int
    orderKey: str
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        jobId: str | None = ...,
        jobName: str | None = ...,
        waiting: int | None = ...,
        orderKey: str | None = ...,
    ) -> None: ...

class ExplainT:
    noun: str
    sentence: str
    rules: list[RuleCountT]
    fitting: int
    nearest: str | None
    advice: list[str]
    orderKey: str
    place: int
    ahead: list[AheadT]
    predictedStart: int | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        noun: str | None = ...,
        sentence: str | None = ...,
        rules: list[RuleCountT] | None = ...,
        fitting: int | None = ...,
        nearest: str | None = ...,
        advice: list[str] | None = ...,
        orderKey: str | None = ...,
        place: int | None = ...,
        ahead: list[AheadT] | None = ...,
        predictedStart: int | None = ...,
    ) -> None: ...

class PoolT:
    id: str
    name: str
    exclusive: bool
    hosts: list[str]
    nodeCount: int
    jobCount: int
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        name: str | None = ...,
        exclusive: bool | None = ...,
        hosts: list[str] | None = ...,
        nodeCount: int | None = ...,
        jobCount: int | None = ...,
    ) -> None: ...

class LimitT:
    id: str
    name: str
    total: int
    per: int
    heldBack: int
    used: int
    waiting: int
    notBefore: int | None
    reason: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        name: str | None = ...,
        total: int | None = ...,
        per: int | None = ...,
        heldBack: int | None = ...,
        used: int | None = ...,
        waiting: int | None = ...,
        notBefore: int | None = ...,
        reason: str | None = ...,
    ) -> None: ...

class AvoidT:
    jobId: str
    jobName: str
    nodeId: str
    nodeName: str
    failures: int
    endTime: int
    reason: str
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        jobId: str | None = ...,
        jobName: str | None = ...,
        nodeId: str | None = ...,
        nodeName: str | None = ...,
        failures: int | None = ...,
        endTime: int | None = ...,
        reason: str | None = ...,
    ) -> None: ...

class FailureT:
    fingerprint: str
    line: str
    attempts: int
    tasks: int
    nodes: list[str]
    layers: list[str]
    taskIds: list[str]
    firstTime: int
    lastTime: int
    nodeCount: int
    sentence: str
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        fingerprint: str | None = ...,
        line: str | None = ...,
        attempts: int | None = ...,
        tasks: int | None = ...,
        nodes: list[str] | None = ...,
        layers: list[str] | None = ...,
        taskIds: list[str] | None = ...,
        firstTime: int | None = ...,
        lastTime: int | None = ...,
        nodeCount: int | None = ...,
        sentence: str | None = ...,
    ) -> None: ...

class DependT:
    id: str
    type: int
    active: bool
    createdTime: int
    satisfiedTime: int
    dependentJobId: str
    dependOnJobId: str
    dependentLayerId: str | None
    dependOnLayerId: str | None
    dependentTaskId: str | None
    dependOnTaskId: str | None
    dependentJobName: str
    dependOnJobName: str
    dependentLayerName: str | None
    dependOnLayerName: str | None
    dependentTaskName: str | None
    dependOnTaskName: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        type: int | None = ...,
        active: bool | None = ...,
        createdTime: int | None = ...,
        satisfiedTime: int | None = ...,
        dependentJobId: str | None = ...,
        dependOnJobId: str | None = ...,
        dependentLayerId: str | None = ...,
        dependOnLayerId: str | None = ...,
        dependentTaskId: str | None = ...,
        dependOnTaskId: str | None = ...,
        dependentJobName: str | None = ...,
        dependOnJobName: str | None = ...,
        dependentLayerName: str | None = ...,
        dependOnLayerName: str | None = ...,
        dependentTaskName: str | None = ...,
        dependOnTaskName: str | None = ...,
    ) -> None: ...

class TaskTotalsT:
    totalTaskCount: int
    succeededTaskCount: int
    runningTaskCount: int
    deadTaskCount: int
    eatenTaskCount: int
    waitingTaskCount: int
    dependTaskCount: int
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        totalTaskCount: int | None = ...,
        succeededTaskCount: int | None = ...,
        runningTaskCount: int | None = ...,
        deadTaskCount: int | None = ...,
        eatenTaskCount: int | None = ...,
        waitingTaskCount: int | None = ...,
        dependTaskCount: int | None = ...,
    ) -> None: ...

class ProjectT:
    id: str
    code: str
    title: str
    isActive: bool
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        code: str | None = ...,
        title: str | None = ...,
        isActive: bool | None = ...,
    ) -> None: ...

class ClusterCountsT:
    nodes: int
    upNodes: int
    downNodes: int
    repairNodes: int
    lockedNodes: int
    unlockedNodes: int
    cores: int
    upCores: int
    downCores: int
    repairCores: int
    lockedCores: int
    unlockedCores: int
    runCores: int
    idleCores: int
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        nodes: int | None = ...,
        upNodes: int | None = ...,
        downNodes: int | None = ...,
        repairNodes: int | None = ...,
        lockedNodes: int | None = ...,
        unlockedNodes: int | None = ...,
        cores: int | None = ...,
        upCores: int | None = ...,
        downCores: int | None = ...,
        repairCores: int | None = ...,
        lockedCores: int | None = ...,
        unlockedCores: int | None = ...,
        runCores: int | None = ...,
        idleCores: int | None = ...,
    ) -> None: ...

class ClusterT:
    id: str
    name: str
    tags: Collection[str]
    isLocked: bool
    isDefault: bool
    total: ClusterCountsT
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        name: str | None = ...,
        tags: Collection[str] | None = ...,
        isLocked: bool | None = ...,
        isDefault: bool | None = ...,
        total: ClusterCountsT | None = ...,
    ) -> None: ...

class QuotaT:
    id: str
    clusterId: str
    projectId: str
    name: str
    isLocked: bool
    size: int
    burst: int
    runCores: int
    usedCoreHours: float | None
    debtCoreHours: float | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        clusterId: str | None = ...,
        projectId: str | None = ...,
        name: str | None = ...,
        isLocked: bool | None = ...,
        size: int | None = ...,
        burst: int | None = ...,
        runCores: int | None = ...,
        usedCoreHours: float | None = ...,
        debtCoreHours: float | None = ...,
    ) -> None: ...

class NodeSystemT:
    physicalCores: int
    logicalCores: int
    totalRamMb: int
    freeRamMb: int
    totalSwapMb: int
    freeSwapMb: int
    cpuModel: str
    platform: str
    load: list[int]
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        physicalCores: int | None = ...,
        logicalCores: int | None = ...,
        totalRamMb: int | None = ...,
        freeRamMb: int | None = ...,
        totalSwapMb: int | None = ...,
        freeSwapMb: int | None = ...,
        cpuModel: str | None = ...,
        platform: str | None = ...,
        load: list[int] | None = ...,
    ) -> None: ...

class NodeT:
    id: str
    clusterId: str
    name: str
    clusterName: str
    ipaddr: str
    tags: Collection[str]
    state: int
    mode: int
    locked: bool
    createdTime: int
    updatedTime: int
    bootTime: int
    totalCores: int
    idleCores: int
    slotCores: int
    totalRamMb: int
    freeRamMb: int
    slotRam: int
    system: NodeSystemT
    address: str | None
    runProcs: int | None
    version: str | None
    isDraining: bool | None
    isRebooting: bool | None
    os: str | None
    arch: str | None
    gpus: list[GpuT] | None
    disks: list[DiskT] | None
    users: list[str] | None
    metrics: dict[str, float] | None
    awayReason: str | None
    pools: list[str] | None
    idleGpus: int | None
    stateReason: str | None
    reservation: ReservationT | None
    complaints: list[str] | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        clusterId: str | None = ...,
        name: str | None = ...,
        clusterName: str | None = ...,
        ipaddr: str | None = ...,
        tags: Collection[str] | None = ...,
        state: int | None = ...,
        mode: int | None = ...,
        locked: bool | None = ...,
        createdTime: int | None = ...,
        updatedTime: int | None = ...,
        bootTime: int | None = ...,
        totalCores: int | None = ...,
        idleCores: int | None = ...,
        slotCores: int | None = ...,
        totalRamMb: int | None = ...,
        freeRamMb: int | None = ...,
        slotRam: int | None = ...,
        system: NodeSystemT | None = ...,
        address: str | None = ...,
        runProcs: int | None = ...,
        version: str | None = ...,
        isDraining: bool | None = ...,
        isRebooting: bool | None = ...,
        os: str | None = ...,
        arch: str | None = ...,
        gpus: list[GpuT] | None = ...,
        disks: list[DiskT] | None = ...,
        users: list[str] | None = ...,
        metrics: dict[str, float] | None = ...,
        awayReason: str | None = ...,
        pools: list[str] | None = ...,
        idleGpus: int | None = ...,
        stateReason: str | None = ...,
        reservation: ReservationT | None = ...,
        complaints: list[str] | None = ...,
    ) -> None: ...

class ProcT:
    id: str
    nodeId: str
    jobName: str
    layerName: str
    taskName: str
    cores: int
    usedCores: float
    highCores: float
    ram: int
    usedRam: int
    highRam: int
    ioStats: list[int]
    createdTime: int
    updatedTime: int
    startedTime: int
    nodeName: str | None
    jobId: str | None
    layerId: str | None
    taskId: str | None
    state: int | None
    attempt: int | None
    gpus: list[int] | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        nodeId: str | None = ...,
        jobName: str | None = ...,
        layerName: str | None = ...,
        taskName: str | None = ...,
        cores: int | None = ...,
        usedCores: float | None = ...,
        highCores: float | None = ...,
        ram: int | None = ...,
        usedRam: int | None = ...,
        highRam: int | None = ...,
        ioStats: list[int] | None = ...,
        createdTime: int | None = ...,
        updatedTime: int | None = ...,
        startedTime: int | None = ...,
        nodeName: str | None = ...,
        jobId: str | None = ...,
        layerId: str | None = ...,
        taskId: str | None = ...,
        state: int | None = ...,
        attempt: int | None = ...,
        gpus: list[int] | None = ...,
    ) -> None: ...

class ProcFilterT:
    projectIds: list[str] | None
    folderIds: list[str] | None
    jobIds: list[str] | None
    layerIds: list[str] | None
    taskIds: list[str] | None
    clusterIds: list[str] | None
    quotaIds: list[str] | None
    nodeIds: list[str] | None
    lastUpdateTime: int
    limit: int
    offset: int
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        projectIds: list[str] | None = ...,
        folderIds: list[str] | None = ...,
        jobIds: list[str] | None = ...,
        layerIds: list[str] | None = ...,
        taskIds: list[str] | None = ...,
        clusterIds: list[str] | None = ...,
        quotaIds: list[str] | None = ...,
        nodeIds: list[str] | None = ...,
        lastUpdateTime: int | None = ...,
        limit: int | None = ...,
        offset: int | None = ...,
    ) -> None: ...

class JobStatsT:
    highRam: int
    highCores: float
    highCoreTime: int
    totalCoreTime: int
    totalSuccessCoreTime: int
    totalFailCoreTime: int
    highClockTime: int
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        highRam: int | None = ...,
        highCores: float | None = ...,
        highCoreTime: int | None = ...,
        totalCoreTime: int | None = ...,
        totalSuccessCoreTime: int | None = ...,
        totalFailCoreTime: int | None = ...,
        highClockTime: int | None = ...,
    ) -> None: ...

class JobT:
    id: str
    folderId: str
    name: str
    username: str
    uid: int
    state: int
    paused: bool
    minCores: int
    maxCores: int
    runCores: int
    runProcs: int
    startTime: int
    stopTime: int
    totals: TaskTotalsT
    stats: JobStatsT
    attrs: dict[str, str]
    projectId: str | None
    projectCode: str | None
    folderName: str | None
    logPath: str | None
    endReason: str | None
    endedBy: str | None
    priority: int | None
    startAfter: int | None
    isPost: bool | None
    restarts: int | None
    waitsForOthers: bool | None
    pools: list[str] | None
    predictedEnd: int | None
    pauseReason: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        folderId: str | None = ...,
        name: str | None = ...,
        username: str | None = ...,
        uid: int | None = ...,
        state: int | None = ...,
        paused: bool | None = ...,
        minCores: int | None = ...,
        maxCores: int | None = ...,
        runCores: int | None = ...,
        runProcs: int | None = ...,
        startTime: int | None = ...,
        stopTime: int | None = ...,
        totals: TaskTotalsT | None = ...,
        stats: JobStatsT | None = ...,
        attrs: dict[str, str] | None = ...,
        projectId: str | None = ...,
        projectCode: str | None = ...,
        folderName: str | None = ...,
        logPath: str | None = ...,
        endReason: str | None = ...,
        endedBy: str | None = ...,
        priority: int | None = ...,
        startAfter: int | None = ...,
        isPost: bool | None = ...,
        restarts: int | None = ...,
        waitsForOthers: bool | None = ...,
        pools: list[str] | None = ...,
        predictedEnd: int | None = ...,
        pauseReason: str | None = ...,
    ) -> None: ...

class LayerStatsT:
    highRam: int
    avgRam: int
    stdDevRam: float
    highCores: float
    avgCores: float
    stdDevCores: float
    highCoreTime: int
    avgCoreTime: int
    lowCoreTime: int
    stdDevCoreTime: float
    totalCoreTime: int
    totalSuccessCoreTime: int
    totalFailCoreTime: int
    highClockTime: int
    avgClockTime: int
    lowClockTime: int
    stdDevClockTime: float
    totalClockTime: int
    totalSuccessClockTime: int
    totalFailClockTime: int
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        highRam: int | None = ...,
        avgRam: int | None = ...,
        stdDevRam: float | None = ...,
        highCores: float | None = ...,
        avgCores: float | None = ...,
        stdDevCores: float | None = ...,
        highCoreTime: int | None = ...,
        avgCoreTime: int | None = ...,
        lowCoreTime: int | None = ...,
        stdDevCoreTime: float | None = ...,
        totalCoreTime: int | None = ...,
        totalSuccessCoreTime: int | None = ...,
        totalFailCoreTime: int | None = ...,
        highClockTime: int | None = ...,
        avgClockTime: int | None = ...,
        lowClockTime: int | None = ...,
        stdDevClockTime: float | None = ...,
        totalClockTime: int | None = ...,
        totalSuccessClockTime: int | None = ...,
        totalFailClockTime: int | None = ...,
    ) -> None: ...

class ServiceT:
    id: str
    name: str
    tags: list[str] | None
    minCores: int | None
    maxCores: int | None
    minRam: int | None
    maxRam: int | None
    maxRetries: int | None
    threadable: bool | None
    run: RunSettingsT | None
    killGraceS: int | None
    needs: NeedsT | None
    retryRules: RetryRulesT | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        name: str | None = ...,
        tags: list[str] | None = ...,
        minCores: int | None = ...,
        maxCores: int | None = ...,
        minRam: int | None = ...,
        maxRam: int | None = ...,
        maxRetries: int | None = ...,
        threadable: bool | None = ...,
        run: RunSettingsT | None = ...,
        killGraceS: int | None = ...,
        needs: NeedsT | None = ...,
        retryRules: RetryRulesT | None = ...,
    ) -> None: ...

class LayerT:
    id: str
    jobId: str
    name: str
    range: str
    serv: str
    chunk: int
    tags: list[str]
    threadable: bool
    minCores: int
    maxCores: int
    minRam: int
    maxRam: int
    runCores: int
    maxRetries: int
    runProcs: int
    totals: TaskTotalsT
    stats: LayerStatsT
    order: int | None
    command: list[str] | None
    priority: int | None
    killGraceS: int | None
    version: int | None
    env: dict[str, str] | None
    run: RunSettingsT | None
    needs: NeedsT | None
    retryRules: RetryRulesT | None
    notBefore: int | None
    notBeforeReason: str | None
    prediction: PredictionT | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        jobId: str | None = ...,
        name: str | None = ...,
        range: str | None = ...,
        serv: str | None = ...,
        chunk: int | None = ...,
        tags: list[str] | None = ...,
        threadable: bool | None = ...,
        minCores: int | None = ...,
        maxCores: int | None = ...,
        minRam: int | None = ...,
        maxRam: int | None = ...,
        runCores: int | None = ...,
        maxRetries: int | None = ...,
        runProcs: int | None = ...,
        totals: TaskTotalsT | None = ...,
        stats: LayerStatsT | None = ...,
        order: int | None = ...,
        command: list[str] | None = ...,
        priority: int | None = ...,
        killGraceS: int | None = ...,
        version: int | None = ...,
        env: dict[str, str] | None = ...,
        run: RunSettingsT | None = ...,
        needs: NeedsT | None = ...,
        retryRules: RetryRulesT | None = ...,
        notBefore: int | None = ...,
        notBeforeReason: str | None = ...,
        prediction: PredictionT | None = ...,
    ) -> None: ...

class TaskStatsT:
    cores: int
    usedCores: float
    highCores: float
    ram: int
    usedRam: int
    highRam: int
    startTime: int
    stopTime: int
    retryNum: int
    progress: int
    lastLogLine: str
    active: bool
    exitStatus: int
    exitSignal: int
    lastNode: str
    procId: str | None
    endReason: int | None
    reason: str | None
    logPath: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        cores: int | None = ...,
        usedCores: float | None = ...,
        highCores: float | None = ...,
        ram: int | None = ...,
        usedRam: int | None = ...,
        highRam: int | None = ...,
        startTime: int | None = ...,
        stopTime: int | None = ...,
        retryNum: int | None = ...,
        progress: int | None = ...,
        lastLogLine: str | None = ...,
        active: bool | None = ...,
        exitStatus: int | None = ...,
        exitSignal: int | None = ...,
        lastNode: str | None = ...,
        procId: str | None = ...,
        endReason: int | None = ...,
        reason: str | None = ...,
        logPath: str | None = ...,
    ) -> None: ...

class TaskT:
    id: str
    layerId: str
    jobId: str
    name: str
    number: int
    state: int
    order: int
    retries: int
    minCores: int
    minRam: int
    stats: TaskStatsT
    frames: str | None
    layerName: str | None
    jobName: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        layerId: str | None = ...,
        jobId: str | None = ...,
        name: str | None = ...,
        number: int | None = ...,
        state: int | None = ...,
        order: int | None = ...,
        retries: int | None = ...,
        minCores: int | None = ...,
        minRam: int | None = ...,
        stats: TaskStatsT | None = ...,
        frames: str | None = ...,
        layerName: str | None = ...,
        jobName: str | None = ...,
    ) -> None: ...

class FolderT:
    id: str
    name: str
    minCores: int
    maxCores: int
    runCores: int
    runProcs: int
    order: int
    totals: TaskTotalsT
    jobs: list[JobT] | None
    projectId: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        name: str | None = ...,
        minCores: int | None = ...,
        maxCores: int | None = ...,
        runCores: int | None = ...,
        runProcs: int | None = ...,
        order: int | None = ...,
        totals: TaskTotalsT | None = ...,
        jobs: list[JobT] | None = ...,
        projectId: str | None = ...,
    ) -> None: ...

class MatcherT:
    id: str
    type: int
    field: int
    value: str
    attr: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        type: int | None = ...,
        field: int | None = ...,
        value: str | None = ...,
        attr: str | None = ...,
    ) -> None: ...

class ActionT:
    id: str
    type: int
    value: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        type: int | None = ...,
        value: str | None = ...,
    ) -> None: ...

class FilterT:
    id: str
    name: str
    order: int
    enabled: bool
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: str | None = ...,
        name: str | None = ...,
        order: int | None = ...,
        enabled: bool | None = ...,
    ) -> None: ...

class OutputT:
    outputId: str
    path: str
    attrs: dict[str, str]
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        outputId: str | None = ...,
        path: str | None = ...,
        attrs: dict[str, str] | None = ...,
    ) -> None: ...

class FilterTraceT:
    filterId: str
    filterName: str
    matched: bool
    actions: list[ActionT]
    why: str
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        filterId: str | None = ...,
        filterName: str | None = ...,
        matched: bool | None = ...,
        actions: list[ActionT] | None = ...,
        why: str | None = ...,
    ) -> None: ...

class LayerVersionT:
    version: int
    createdTime: int
    actor: str
    command: list[str]
    env: dict[str, str]
    reason: str
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        version: int | None = ...,
        createdTime: int | None = ...,
        actor: str | None = ...,
        command: list[str] | None = ...,
        env: dict[str, str] | None = ...,
        reason: str | None = ...,
    ) -> None: ...

class LogT:
    content: bytes
    offset: int
    size: int
    path: str
    nodeName: str
    attempt: int
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        content: bytes | None = ...,
        offset: int | None = ...,
        size: int | None = ...,
        path: str | None = ...,
        nodeName: str | None = ...,
        attempt: int | None = ...,
    ) -> None: ...

class AttemptT:
    procId: str
    taskId: str
    layerId: str
    jobId: str
    taskName: str
    layerName: str
    jobName: str
    attempt: int
    nodeName: str
    cores: int
    ram: int
    startTime: int
    stopTime: int
    exitStatus: int
    exitSignal: int
    endReason: int
    reason: str
    highRam: int
    highCores: float
    clockMs: int
    cpuMs: int
    logPath: str
    commandIndex: int | None
    warnings: int | None
    gpus: list[int] | None
    predictedRam: int | None
    predictedClockMs: int | None
    fingerprint: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        procId: str | None = ...,
        taskId: str | None = ...,
        layerId: str | None = ...,
        jobId: str | None = ...,
        taskName: str | None = ...,
        layerName: str | None = ...,
        jobName: str | None = ...,
        attempt: int | None = ...,
        nodeName: str | None = ...,
        cores: int | None = ...,
        ram: int | None = ...,
        startTime: int | None = ...,
        stopTime: int | None = ...,
        exitStatus: int | None = ...,
        exitSignal: int | None = ...,
        endReason: int | None = ...,
        reason: str | None = ...,
        highRam: int | None = ...,
        highCores: float | None = ...,
        clockMs: int | None = ...,
        cpuMs: int | None = ...,
        logPath: str | None = ...,
        commandIndex: int | None = ...,
        warnings: int | None = ...,
        gpus: list[int] | None = ...,
        predictedRam: int | None = ...,
        predictedClockMs: int | None = ...,
        fingerprint: str | None = ...,
    ) -> None: ...

class EventT:
    sequence: int
    time: int
    noun: str
    objectId: str
    change: str
    oldValue: str | None
    newValue: str | None
    jobId: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        sequence: int | None = ...,
        time: int | None = ...,
        noun: str | None = ...,
        objectId: str | None = ...,
        change: str | None = ...,
        oldValue: str | None = ...,
        newValue: str | None = ...,
        jobId: str | None = ...,
    ) -> None: ...

class EventPageT:
    events: list[EventT]
    nextSequence: int
    isComplete: bool
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        events: list[EventT] | None = ...,
        nextSequence: int | None = ...,
        isComplete: bool | None = ...,
    ) -> None: ...

class BlameT:
    id: int
    time: int
    actor: str
    isProven: bool
    client: str
    call: str
    noun: str
    objectId: str
    field: str
    oldValue: str | None
    newValue: str | None
    reason: str | None
    code: int
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        id: int | None = ...,
        time: int | None = ...,
        actor: str | None = ...,
        isProven: bool | None = ...,
        client: str | None = ...,
        call: str | None = ...,
        noun: str | None = ...,
        objectId: str | None = ...,
        field: str | None = ...,
        oldValue: str | None = ...,
        newValue: str | None = ...,
        reason: str | None = ...,
        code: int | None = ...,
    ) -> None: ...

class LayerPlanT:
    name: str
    taskCount: int
    minCores: int
    minRam: int
    fittingNodes: int
    readyNodes: int
    predictedRam: int
    predictedClockMs: int
    basis: str
    predictedCores: int | None
    rules: list[RuleCountT] | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        name: str | None = ...,
        taskCount: int | None = ...,
        minCores: int | None = ...,
        minRam: int | None = ...,
        fittingNodes: int | None = ...,
        readyNodes: int | None = ...,
        predictedRam: int | None = ...,
        predictedClockMs: int | None = ...,
        basis: str | None = ...,
        predictedCores: int | None = ...,
        rules: list[RuleCountT] | None = ...,
    ) -> None: ...

class LaunchPlanT:
    folderName: str
    paused: bool
    minCores: int
    maxCores: int
    taskCount: int
    layers: list[LayerPlanT]
    filters: list[FilterTraceT]
    warnings: list[str]
    predictedCoreMs: int
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        folderName: str | None = ...,
        paused: bool | None = ...,
        minCores: int | None = ...,
        maxCores: int | None = ...,
        taskCount: int | None = ...,
        layers: list[LayerPlanT] | None = ...,
        filters: list[FilterTraceT] | None = ...,
        warnings: list[str] | None = ...,
        predictedCoreMs: int | None = ...,
    ) -> None: ...

class AttemptFilterT:
    jobIds: list[str] | None
    layerIds: list[str] | None
    taskIds: list[str] | None
    nodeNames: list[str] | None
    ends: list[int] | None
    stoppedSince: int | None
    stoppedBefore: int | None
    limit: int
    offset: int
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        jobIds: list[str] | None = ...,
        layerIds: list[str] | None = ...,
        taskIds: list[str] | None = ...,
        nodeNames: list[str] | None = ...,
        ends: list[int] | None = ...,
        stoppedSince: int | None = ...,
        stoppedBefore: int | None = ...,
        limit: int | None = ...,
        offset: int | None = ...,
    ) -> None: ...

class DependSpecT:
    type: int
    dependentJob: str | None
    dependOnJob: str | None
    dependentLayer: str | None
    dependOnLayer: str | None
    dependentTask: str | None
    dependOnTask: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        type: int | None = ...,
        dependentJob: str | None = ...,
        dependOnJob: str | None = ...,
        dependentLayer: str | None = ...,
        dependOnLayer: str | None = ...,
        dependentTask: str | None = ...,
        dependOnTask: str | None = ...,
    ) -> None: ...

class TaskSpecT:
    name: str
    depends: list[DependSpecT] | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        name: str | None = ...,
        depends: list[DependSpecT] | None = ...,
    ) -> None: ...

class LayerSpecT:
    name: str
    command: list[str]
    range: str | None
    tags: list[str] | None
    serv: str | None
    minCores: int | None
    maxCores: int | None
    minRam: int | None
    maxRam: int | None
    threadable: bool | None
    maxRetries: int | None
    chunk: int
    depends: list[DependSpecT] | None
    tasks: list[TaskSpecT] | None
    env: dict[str, str] | None
    isPost: bool
    priority: int | None
    killGraceS: int | None
    run: RunSettingsT | None
    needs: NeedsT | None
    retryRules: RetryRulesT | None
    taskOrder: int | None
    everyNth: int | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        name: str | None = ...,
        command: list[str] | None = ...,
        range: str | None = ...,
        tags: list[str] | None = ...,
        serv: str | None = ...,
        minCores: int | None = ...,
        maxCores: int | None = ...,
        minRam: int | None = ...,
        maxRam: int | None = ...,
        threadable: bool | None = ...,
        maxRetries: int | None = ...,
        chunk: int | None = ...,
        depends: list[DependSpecT] | None = ...,
        tasks: list[TaskSpecT] | None = ...,
        env: dict[str, str] | None = ...,
        isPost: bool | None = ...,
        priority: int | None = ...,
        killGraceS: int | None = ...,
        run: RunSettingsT | None = ...,
        needs: NeedsT | None = ...,
        retryRules: RetryRulesT | None = ...,
        taskOrder: int | None = ...,
        everyNth: int | None = ...,
    ) -> None: ...

class JobSpecT:
    name: str
    project: str
    paused: bool
    username: str
    uid: int | None
    logPath: str | None
    layers: list[LayerSpecT]
    depends: list[DependSpecT] | None
    attrs: dict[str, str] | None
    env: dict[str, str] | None
    requestId: str | None
    priority: int | None
    startAfter: int | None
    pools: list[str] | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        name: str | None = ...,
        project: str | None = ...,
        paused: bool | None = ...,
        username: str | None = ...,
        uid: int | None = ...,
        logPath: str | None = ...,
        layers: list[LayerSpecT] | None = ...,
        depends: list[DependSpecT] | None = ...,
        attrs: dict[str, str] | None = ...,
        env: dict[str, str] | None = ...,
        requestId: str | None = ...,
        priority: int | None = ...,
        startAfter: int | None = ...,
        pools: list[str] | None = ...,
    ) -> None: ...

class QueryTermT:
    op: int
    field: str | None
    key: str | None
    texts: list[str] | None
    numbers: list[float] | None
    ago: bool | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        op: int | None = ...,
        field: str | None = ...,
        key: str | None = ...,
        texts: list[str] | None = ...,
        numbers: list[float] | None = ...,
        ago: bool | None = ...,
    ) -> None: ...

class JobFilterT:
    matchingOnly: bool
    project: list[str] | None
    user: list[str] | None
    regex: str | None
    states: list[int] | None
    jobIds: list[str] | None
    name: list[str] | None
    where: list[QueryTermT] | None
    limit: int | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        matchingOnly: bool | None = ...,
        project: list[str] | None = ...,
        user: list[str] | None = ...,
        regex: str | None = ...,
        states: list[int] | None = ...,
        jobIds: list[str] | None = ...,
        name: list[str] | None = ...,
        where: list[QueryTermT] | None = ...,
        limit: int | None = ...,
    ) -> None: ...

class TaskFilterT:
    jobId: str | None
    layerIds: list[str] | None
    states: list[int] | None
    limit: int
    offset: int
    lastUpdateTime: int
    taskIds: list[str] | None
    nodeIds: list[str] | None
    where: list[QueryTermT] | None
    afterTask: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        jobId: str | None = ...,
        layerIds: list[str] | None = ...,
        states: list[int] | None = ...,
        limit: int | None = ...,
        offset: int | None = ...,
        lastUpdateTime: int | None = ...,
        taskIds: list[str] | None = ...,
        nodeIds: list[str] | None = ...,
        where: list[QueryTermT] | None = ...,
        afterTask: str | None = ...,
    ) -> None: ...

class NodeFilterT:
    hostIds: list[str] | None
    clusterIds: list[str] | None
    regex: str | None
    hostnames: list[str] | None
    states: list[int] | None
    locked: bool | None
    where: list[QueryTermT] | None
    limit: int | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        hostIds: list[str] | None = ...,
        clusterIds: list[str] | None = ...,
        regex: str | None = ...,
        hostnames: list[str] | None = ...,
        states: list[int] | None = ...,
        locked: bool | None = ...,
        where: list[QueryTermT] | None = ...,
        limit: int | None = ...,
    ) -> None: ...

class QuotaFilterT:
    project: list[str] | None
    cluster: list[str] | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        project: list[str] | None = ...,
        cluster: list[str] | None = ...,
    ) -> None: ...

class PlowException(Exception):
    code: int
    why: str
    incident: str | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        code: int | None = ...,
        why: str | None = ...,
        incident: str | None = ...,
    ) -> None: ...

class RndException(Exception):
    code: int
    why: str
    stack: list[str] | None
    thrift_spec: dict[int, tuple[Any, ...]]
    def __init__(
        self,
        code: int | None = ...,
        why: str | None = ...,
        stack: list[str] | None = ...,
    ) -> None: ...

class RpcService:
    thrift_services: list[str]
    def getPlowTime(self) -> int: ...
    def introduce(self, username: str, program: str) -> None: ...
    def getServices(self) -> list[ServiceT]: ...
    def createService(self, svc: ServiceT) -> ServiceT: ...
    def deleteService(self, id: str) -> None: ...
    def updateService(self, svc: ServiceT) -> None: ...
    def getProject(self, id: str) -> ProjectT: ...
    def getProjectByCode(self, code: str) -> ProjectT: ...
    def getProjects(self) -> list[ProjectT]: ...
    def getActiveProjects(self) -> list[ProjectT]: ...
    def createProject(self, title: str, code: str) -> ProjectT: ...
    def setProjectActive(self, id: str, active: bool) -> None: ...
    def deleteProject(self, id: str) -> None: ...
    def launch(self, spec: JobSpecT) -> JobT: ...
    def getActiveJob(self, name: str) -> JobT: ...
    def getJob(self, jobId: str) -> JobT: ...
    def killJob(self, jobId: str, reason: str) -> None: ...
    def pauseJob(self, jobId: str, paused: bool) -> None: ...
    def getJobs(self, filter: JobFilterT) -> list[JobT]: ...
    def getJobOutputs(self, jobId: str) -> list[OutputT]: ...
    def setJobMinCores(self, jobId: str, value: int) -> None: ...
    def setJobMaxCores(self, jobId: str, value: int) -> None: ...
    def setJobAttrs(self, jobId: str, attrs: dict[str, str]) -> None: ...
    def getDependsOnJob(self, jobId: str) -> list[DependT]: ...
    def getJobDependsOn(self, jobId: str) -> list[DependT]: ...
    def getJobSpec(self, jobId: str) -> JobSpecT: ...
    def createJobOnJobDepend(self, jobId: str, onJobId: str) -> None: ...
    def checkLaunch(self, spec: JobSpecT) -> LaunchPlanT: ...
    def restartJob(self, jobId: str, failedOnly: bool, reason: str) -> None: ...
    def setJobFolder(self, jobId: str, folderId: str) -> None: ...
    def setJobPriority(self, jobId: str, priority: int) -> None: ...
    def setJobStartAfter(self, jobId: str, startAfter: int) -> None: ...
    def appendLayers(self, jobId: str, layers: list[LayerSpecT]) -> list[LayerT]: ...
    def getJobFilterTrace(self, jobId: str) -> list[FilterTraceT]: ...
    def updateOutputAttrs(self, outputId: str, attrs: dict[str, str]) -> None: ...
    def setOutputAttrs(self, outputId: str, attrs: dict[str, str]) -> None: ...
    def getOutputAttrs(self, outputId: str) -> dict[str, str]: ...
    def addOutput(self, layerId: str, path: str, attrs: dict[str, str]) -> OutputT: ...
    def getLayerOutputs(self, layerId: str) -> list[OutputT]: ...
    def createFolder(self, projectId: str, name: str) -> FolderT: ...
    def getFolder(self, id: str) -> FolderT: ...
    def getJobBoard(self, project: str) -> list[FolderT]: ...
    def getFolders(self, project: str) -> list[FolderT]: ...
    def setFolderMinCores(self, folderId: str, value: int) -> None: ...
    def setFolderMaxCores(self, folderId: str, value: int) -> None: ...
    def setFolderName(self, folderId: str, name: str) -> None: ...
    def deleteFolder(self, folderId: str) -> None: ...
    def setFolderOrder(self, folderId: str, order: int) -> None: ...
    def getLayerById(self, layerId: str) -> LayerT: ...
    def getLayer(self, jobId: str, name: str) -> LayerT: ...
    def getLayers(self, jobId: str) -> list[LayerT]: ...
    def setLayerTags(self, guid: str, tags: list[str]) -> None: ...
    def setLayerMinCoresPerTask(self, guid: str, minCores: int) -> None: ...
    def setLayerMaxCoresPerTask(self, guid: str, maxCores: int) -> None: ...
    def setLayerMinRamPerTask(self, guid: str, minRam: int) -> None: ...
    def setLayerThreadable(self, guid: str, threadable: bool) -> None: ...
    def setLayerMaxRamPerTask(self, layerId: str, maxRam: int) -> None: ...
    def setLayerMaxRetries(self, layerId: str, maxRetries: int) -> None: ...
    def setLayerService(self, layerId: str, serv: str) -> None: ...
    def setLayerChunk(self, layerId: str, chunk: int) -> None: ...
    def setLayerPriority(self, layerId: str, priority: int) -> None: ...
    def setLayerKillGrace(self, layerId: str, killGraceS: int) -> None: ...
    def setLayerRun(self, layerId: str, run: RunSettingsT) -> None: ...
    def setLayerCommand(self, layerId: str, command: list[str], env: dict[str, str], reason: str) -> LayerVersionT: ...
    def getLayerVersions(self, layerId: str) -> list[LayerVersionT]: ...
    def appendFrames(self, layerId: str, range: str) -> LayerT: ...
    def appendTasks(self, layerId: str, tasks: list[TaskSpecT]) -> LayerT: ...
    def getDependsOnLayer(self, layerId: str) -> list[DependT]: ...
    def getLayerDependsOn(self, layerId: str) -> list[DependT]: ...
    def createLayerOnLayerDepend(self, layerId: str, onLayerId: str) -> None: ...
    def createLayerOnTaskDepend(self, layerId: str, onTaskId: str) -> None: ...
    def createTaskByTaskDepend(self, layerId: str, onLayerId: str) -> None: ...
    def getTask(self, taskId: str) -> TaskT: ...
    def getTasks(self, filter: TaskFilterT) -> list[TaskT]: ...
    def getTaskLogPath(self, taskId: str) -> str: ...
    def retryTasks(self, filter: TaskFilterT) -> None: ...
    def eatTasks(self, filter: TaskFilterT) -> None: ...
    def killTasks(self, filter: TaskFilterT) -> None: ...
    def getDependsOnTask(self, taskId: str) -> list[DependT]: ...
    def getTaskDependsOn(self, taskId: str) -> list[DependT]: ...
    def getTaskStats(self, taskId: str) -> list[TaskStatsT]: ...
    def readTaskLog(self, taskId: str, attempt: int, offset: int, length: int) -> LogT: ...
    def getAttempts(self, filter: AttemptFilterT) -> list[AttemptT]: ...
    def createTaskOnLayerDepend(self, taskId: str, onLayerId: str) -> None: ...
    def createTaskOnTaskDepend(self, taskId: str, onTaskId: str) -> None: ...
    def dropDepend(self, dependId: str) -> None: ...
    def activateDepend(self, dependId: str) -> None: ...
    def createDepend(self, dependSpec: DependSpecT) -> DependT: ...
    def getNode(self, name: str) -> NodeT: ...
    def getNodes(self, filter: NodeFilterT) -> list[NodeT]: ...
    def setNodeLocked(self, id: str, locked: bool) -> None: ...
    def setNodeCluster(self, id: str, clusterId: str) -> None: ...
    def setNodeTags(self, id: str, tags: Collection[str]) -> None: ...
    def setNodeSlotMode(self, id: str, mode: int, slotCores: int, slotRam: int) -> None: ...
    def setNodeState(self, id: str, state: int) -> None: ...
    def rebootNode(self, id: str, now: bool) -> None: ...
    def deleteNode(self, id: str) -> None: ...
    def getProcs(self, filter: ProcFilterT) -> list[ProcT]: ...
    def getProc(self, id: str) -> ProcT: ...
    def killProc(self, id: str, reason: str) -> None: ...
    def getCluster(self, name: str) -> ClusterT: ...
    def getClustersByTag(self, tag: str) -> list[ClusterT]: ...
    def getClusters(self) -> list[ClusterT]: ...
    def createCluster(self, name: str) -> ClusterT: ...
    def deleteCluster(self, id: str) -> bool: ...
    def lockCluster(self, id: str, locked: bool) -> bool: ...
    def setClusterTags(self, id: str, tags: Collection[str]) -> None: ...
    def setClusterName(self, id: str, name: str) -> None: ...
    def setDefaultCluster(self, id: str) -> None: ...
    def getQuota(self, id: str) -> QuotaT: ...
    def getQuotas(self, filter: QuotaFilterT) -> list[QuotaT]: ...
    def createQuota(self, projectId: str, clusterId: str, size: int, burst: int) -> QuotaT: ...
    def setQuotaSize(self, id: str, size: int) -> None: ...
    def setQuotaBurst(self, id: str, burst: int) -> None: ...
    def setQuotaLocked(self, id: str, locked: bool) -> None: ...
    def deleteQuota(self, id: str) -> None: ...
    def createFilter(self, projectId: str, name: str) -> FilterT: ...
    def getFilters(self, projectId: str) -> list[FilterT]: ...
    def getFilter(self, filterId: str) -> FilterT: ...
    def deleteFilter(self, id: str) -> None: ...
    def setFilterName(self, id: str, name: str) -> None: ...
    def setFilterEnabled(self, id: str, enabled: bool) -> None: ...
    def setFilterOrder(self, id: str, order: int) -> None: ...
    def increaseFilterOrder(self, id: str) -> None: ...
    def decreaseFilterOrder(self, id: str) -> None: ...
    def createFieldMatcher(self, filterId: str, field: int, type: int, value: str) -> MatcherT: ...
    def createAttrMatcher(self, filterId: str, type: int, attr: str, value: str) -> MatcherT: ...
    def getMatcher(self, matcherId: str) -> MatcherT: ...
    def getMatchers(self, filterId: str) -> list[MatcherT]: ...
    def updateMatcher(self, matcher: MatcherT) -> MatcherT: ...
    def deleteMatcher(self, id: str) -> None: ...
    def createAction(self, filterId: str, type: int, value: str) -> ActionT: ...
    def deleteAction(self, id: str) -> None: ...
    def getActions(self, filterId: str) -> list[ActionT]: ...
    def getAction(self, actionId: str) -> ActionT: ...
    def updateAction(self, action: ActionT) -> ActionT: ...
    def getEvents(self, since: int, limit: int, waitMs: int) -> EventPageT: ...
    def getHistory(self, objectId: str, limit: int, before: int) -> list[BlameT]: ...
    def getPools(self) -> list[PoolT]: ...
    def getPool(self, pool: str) -> PoolT: ...
    def createPool(self, name: str, hosts: list[str], exclusive: bool) -> PoolT: ...
    def setPoolName(self, poolId: str, name: str) -> None: ...
    def setPoolHosts(self, poolId: str, hosts: list[str]) -> None: ...
    def changePoolHosts(self, poolId: str, added: list[str], removed: list[str]) -> None: ...
    def setPoolExclusive(self, poolId: str, exclusive: bool) -> None: ...
    def deletePool(self, poolId: str, moveTo: str) -> None: ...
    def setJobPools(self, jobId: str, pools: list[str]) -> None: ...
    def getLimits(self) -> list[LimitT]: ...
    def getLimit(self, limit: str) -> LimitT: ...
    def createLimit(self, name: str, total: int, per: int) -> LimitT: ...
    def setLimitTotal(self, limitId: str, total: int) -> None: ...
    def setLimitHeldBack(self, limitId: str, heldBack: int) -> None: ...
    def clearLimitWait(self, limitId: str) -> None: ...
    def deleteLimit(self, limitId: str) -> None: ...
    def setLayerNeeds(self, layerId: str, needs: NeedsT) -> None: ...
    def setLayerRetryRules(self, layerId: str, rules: RetryRulesT) -> None: ...
    def explain(self, id: str) -> ExplainT: ...
    def getReservations(self) -> list[ReservationT]: ...
    def clearReservation(self, nodeId: str) -> None: ...
    def getAvoids(self, jobId: str, nodeId: str) -> list[AvoidT]: ...
    def clearAvoids(self, jobId: str, nodeId: str) -> None: ...
    def getJobFailures(self, jobId: str, deadOnly: bool) -> list[FailureT]: ...
    def getNodeFailures(self, nodeId: str, hours: int) -> list[FailureT]: ...
    def getPredictionQuality(self, days: int) -> list[PredictionQualityT]: ...
    def parseQuery(self, kind: int, text: str) -> list[QueryTermT]: ...

class RndServiceApi:
    thrift_services: list[str]
    def sendPing(self, ping: Ping) -> None: ...
    def taskComplete(self, result: RunTaskResult) -> None: ...
    def ping(self, ping: Ping) -> PingReply: ...
    def tasksComplete(self, results: list[RunTaskResult]) -> None: ...

class RndNodeApi:
    thrift_services: list[str]
    def runTask(self, command: RunTaskCommand) -> None: ...
    def killRunningTask(self, procId: str, reason: str) -> None: ...
    def reboot(self, now: bool) -> None: ...
    def getRunningTasks(self) -> list[RunningTask]: ...
    def pingPong(self, withTasks: bool) -> Ping: ...
    def runTasks(self, commands: list[RunTaskCommand]) -> list[StartReply]: ...
    def killTasks(self, commands: list[KillCommand]) -> list[KillReply]: ...
    def readLog(self, path: str, offset: int, length: int) -> LogT: ...
    def drain(self, wanted: bool, reason: str) -> None: ...
