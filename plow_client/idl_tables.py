"""Written by `python -m plow_client.rpc.stubs` from plow.thrift. Do not edit."""

from __future__ import annotations

from plow_client.rpc.declared import Call, Fields

ENUMS: dict[str, dict[str, int]] = {
    "JobState": {
        "INITIALIZE": 0,
        "RUNNING": 1,
        "FINISHED": 2,
        "POST": 3,
    },
    "TaskState": {
        "INITIALIZE": 0,
        "WAITING": 1,
        "RUNNING": 2,
        "DEAD": 3,
        "EATEN": 4,
        "DEPEND": 5,
        "SUCCEEDED": 6,
    },
    "NodeState": {
        "UP": 0,
        "DOWN": 1,
        "REPAIR": 2,
    },
    "SlotMode": {
        "DYNAMIC": 0,
        "SINGLE": 1,
        "SLOTS": 2,
    },
    "DependType": {
        "JOB_ON_JOB": 0,
        "LAYER_ON_LAYER": 1,
        "LAYER_ON_TASK": 2,
        "TASK_ON_LAYER": 3,
        "TASK_ON_TASK": 4,
        "TASK_BY_TASK": 5,
    },
    "MatcherType": {
        "CONTAINS": 0,
        "NOT_CONTAINS": 1,
        "IS": 2,
        "IS_NOT": 3,
        "BEGINS_WITH": 4,
        "ENDS_WITH": 5,
    },
    "MatcherField": {
        "JOB_NAME": 0,
        "USER": 1,
        "ATTR": 2,
    },
    "ActionType": {
        "SET_FOLDER": 0,
        "SET_MIN_CORES": 1,
        "SET_MAX_CORES": 2,
        "PAUSE": 3,
        "STOP_PROCESSING": 4,
    },
    "AttemptEnd": {
        "EXITED": 0,
        "KILLED": 1,
        "LOST": 2,
        "NOT_STARTED": 3,
        "SHUTDOWN": 4,
        "MEMORY": 5,
        "NODE_LOST": 6,
        "ABORTED": 7,
        "RUN_TIME": 8,
        "SILENCE": 9,
        "LICENSE": 10,
        "ENVIRONMENT": 11,
        "LOG_ERROR": 12,
        "RECALLED": 13,
    },
    "ProcState": {
        "BOOKED": 0,
        "RUNNING": 1,
        "KILLING": 2,
    },
    "LimitPer": {
        "TASK": 0,
        "NODE": 1,
        "USER": 2,
    },
    "TaskOrder": {
        "GIVEN": 0,
        "FIRST_MIDDLE_LAST": 1,
        "EVERY_NTH": 2,
    },
    "QueryKind": {
        "JOB": 0,
        "TASK": 1,
        "NODE": 2,
    },
    "QueryOp": {
        "EQUAL": 0,
        "NOT_EQUAL": 1,
        "MATCH": 2,
        "NOT_MATCH": 3,
        "LESS": 4,
        "AT_MOST": 5,
        "MORE": 6,
        "AT_LEAST": 7,
        "AND": 8,
        "OR": 9,
        "NOT": 10,
    },
}

STRUCTS: dict[str, Fields] = {
    "DiskIO": (
        (1, 10, "readCount", None, False, 0),
        (2, 10, "writeCount", None, False, 0),
        (3, 10, "readBytes", None, False, 0),
        (4, 10, "writeBytes", None, False, 0),
    ),
    "Hardware": (
        (1, 6, "physicalCpus", None, False, None),
        (2, 6, "logicalCpus", None, False, None),
        (3, 8, "totalRamMb", None, False, None),
        (4, 8, "freeRamMb", None, False, None),
        (5, 8, "totalSwapMb", None, False, None),
        (6, 8, "freeSwapMb", None, False, None),
        (7, 11, "cpuModel", None, False, None),
        (8, 11, "platform", None, False, None),
        (9, 15, "load", 4, False, None),
    ),
    "RunSettingsT": (
        (1, 8, "maxRunS", None, False, None),
        (2, 8, "maxSilenceS", None, False, None),
        (3, 8, "maxLogMb", None, False, None),
        (4, 8, "niceness", None, False, None),
        (5, 15, "wrapper", 11, False, None),
        (6, 15, "logRules", 11, False, None),
        (7, 15, "beforeCommand", 11, False, None),
        (8, 15, "moreCommands", (15, 11), False, None),
        (9, 15, "afterCommand", 11, False, None),
    ),
    "NeedsT": (
        (1, 15, "pools", 11, False, None),
        (2, 11, "os", None, False, None),
        (3, 8, "nodeCores", None, False, None),
        (4, 8, "nodeRam", None, False, None),
        (5, 2, "wholeNode", None, False, None),
        (6, 8, "gpus", None, False, None),
        (7, 8, "gpuRam", None, False, None),
        (8, 15, "limits", 11, False, None),
        (9, 8, "maxPerNode", None, False, None),
        (10, 2, "fitRam", None, False, None),
    ),
    "RetryRulesT": (
        (1, 15, "exits", 8, False, None),
        (2, 8, "delayS", None, False, None),
        (3, 8, "mostDelayS", None, False, None),
    ),
    "RunTaskCommand": (
        (1, 11, "procId", None, False, None),
        (2, 11, "taskId", None, False, None),
        (3, 11, "jobId", None, False, None),
        (4, 11, "layerId", None, False, None),
        (5, 8, "cores", None, False, None),
        (6, 15, "command", 11, False, None),
        (7, 13, "env", (11, 11), False, None),
        (8, 11, "logFile", None, False, None),
        (9, 8, "uid", None, False, None),
        (10, 11, "username", None, False, None),
        (11, 15, "taskTypes", 11, False, None),
        (12, 11, "jobName", None, False, None),
        (13, 11, "layerName", None, False, None),
        (14, 11, "taskName", None, False, None),
        (15, 8, "attempt", None, False, None),
        (16, 8, "ramMb", None, False, None),
        (17, 11, "frames", None, False, None),
        (18, 11, "serv", None, False, None),
        (19, 8, "killGraceS", None, False, None),
        (20, 12, "run", "RunSettingsT", False, None),
        (21, 8, "memoryLimitMb", None, False, None),
        (22, 15, "gpus", 8, False, None),
    ),
    "RunningTask": (
        (1, 11, "procId", None, False, None),
        (2, 11, "taskId", None, False, None),
        (3, 11, "jobId", None, False, None),
        (4, 11, "layerId", None, False, None),
        (5, 8, "rssMb", None, False, None),
        (6, 8, "pid", None, False, None),
        (7, 4, "progress", None, False, 0.0),
        (8, 11, "lastLog", None, False, ""),
        (9, 6, "cpuPercent", None, False, None),
        (10, 12, "diskIO", "DiskIO", False, None),
        (11, 4, "usedCores", None, False, None),
        (12, 10, "startTime", None, False, None),
        (13, 8, "highRssMb", None, False, None),
        (14, 8, "attempt", None, False, None),
        (15, 8, "commandIndex", None, False, None),
        (16, 8, "warnings", None, False, None),
        (17, 15, "gpus", 8, False, None),
    ),
    "RunTaskResult": (
        (1, 11, "procId", None, False, None),
        (2, 11, "taskId", None, False, None),
        (3, 11, "jobId", None, False, None),
        (4, 8, "maxRssMb", None, False, None),
        (5, 8, "exitStatus", None, False, None),
        (6, 3, "exitSignal", None, False, None),
        (7, 8, "signal", None, False, None),
        (8, 8, "endReason", "AttemptEnd", False, None),
        (9, 11, "reason", None, False, None),
        (10, 10, "startTime", None, False, None),
        (11, 10, "stopTime", None, False, None),
        (12, 10, "clockMs", None, False, None),
        (13, 10, "cpuMs", None, False, None),
        (14, 4, "highCores", None, False, None),
        (15, 8, "commandIndex", None, False, None),
        (16, 8, "warnings", None, False, None),
        (17, 12, "diskIO", "DiskIO", False, None),
        (18, 11, "failureLine", None, False, None),
    ),
    "GpuT": (
        (1, 8, "index", None, False, None),
        (2, 11, "model", None, False, None),
        (3, 8, "memoryMb", None, False, None),
        (4, 11, "uuid", None, False, None),
        (5, 8, "freeMemoryMb", None, False, None),
        (6, 8, "usedPercent", None, False, None),
    ),
    "DiskT": (
        (1, 11, "path", None, False, None),
        (2, 10, "totalMb", None, False, None),
        (3, 10, "freeMb", None, False, None),
    ),
    "Ping": (
        (1, 11, "hostname", None, False, None),
        (2, 11, "ipAddr", None, False, None),
        (3, 2, "isReboot", None, False, None),
        (4, 10, "bootTime", None, False, None),
        (5, 12, "hw", "Hardware", False, None),
        (6, 15, "tasks", (12, "RunningTask"), False, None),
        (7, 11, "address", None, False, None),
        (8, 11, "bootId", None, False, None),
        (9, 11, "daemonId", None, False, None),
        (10, 10, "sequence", None, False, None),
        (11, 15, "procIds", 11, False, None),
        (12, 8, "cores", None, False, None),
        (13, 8, "ramMb", None, False, None),
        (14, 11, "version", None, False, None),
        (15, 2, "isDraining", None, False, None),
        (16, 11, "os", None, False, None),
        (17, 11, "arch", None, False, None),
        (18, 15, "gpus", (12, "GpuT"), False, None),
        (19, 15, "disks", (12, "DiskT"), False, None),
        (20, 15, "users", 11, False, None),
        (21, 13, "metrics", (11, 4), False, None),
        (22, 11, "awayReason", None, False, None),
        (23, 15, "gone", 11, False, None),
        (24, 15, "complaints", 11, False, None),
    ),
    "PingReply": (
        (1, 15, "kill", 11, False, None),
        (2, 10, "serverTime", None, False, None),
        (3, 8, "pingIntervalS", None, False, None),
    ),
    "StartReply": (
        (1, 11, "procId", None, False, None),
        (2, 2, "accepted", None, False, None),
        (3, 8, "code", None, False, None),
        (4, 11, "why", None, False, None),
    ),
    "KillCommand": (
        (1, 11, "procId", None, False, None),
        (2, 11, "reason", None, False, None),
        (3, 8, "graceS", None, False, None),
        (4, 2, "spareHeld", None, False, None),
    ),
    "KillReply": (
        (1, 11, "procId", None, False, None),
        (2, 2, "held", None, False, None),
    ),
    "RuleCountT": (
        (1, 11, "code", None, False, None),
        (2, 8, "nodes", None, False, None),
        (3, 11, "sentence", None, False, None),
    ),
    "PredictionT": (
        (1, 8, "ramMb", None, False, None),
        (2, 4, "cores", None, False, None),
        (3, 10, "clockMs", None, False, None),
        (4, 4, "quantile", None, False, None),
        (5, 4, "confidence", None, False, None),
        (6, 8, "samples", None, False, None),
        (7, 11, "basis", None, False, None),
    ),
    "PredictionQualityT": (
        (1, 11, "serv", None, False, None),
        (2, 8, "attempts", None, False, None),
        (3, 4, "medianRamRatio", None, False, None),
        (4, 4, "withinRam", None, False, None),
        (5, 4, "medianClockRatio", None, False, None),
        (6, 8, "killedForMemory", None, False, None),
    ),
    "ReservationT": (
        (1, 11, "nodeId", None, False, None),
        (2, 11, "nodeName", None, False, None),
        (3, 11, "jobId", None, False, None),
        (4, 11, "layerId", None, False, None),
        (5, 11, "jobName", None, False, None),
        (6, 11, "layerName", None, False, None),
        (7, 8, "cores", None, False, None),
        (8, 8, "ram", None, False, None),
        (9, 10, "startTime", None, False, None),
        (10, 11, "sentence", None, False, None),
    ),
    "AheadT": (
        (1, 11, "jobId", None, False, None),
        (2, 11, "jobName", None, False, None),
        (3, 8, "waiting", None, False, None),
        (4, 11, "orderKey", None, False, None),
    ),
    "ExplainT": (
        (1, 11, "noun", None, False, None),
        (2, 11, "sentence", None, False, None),
        (3, 15, "rules", (12, "RuleCountT"), False, None),
        (4, 8, "fitting", None, False, None),
        (5, 11, "nearest", None, False, None),
        (6, 15, "advice", 11, False, None),
        (7, 11, "orderKey", None, False, None),
        (8, 8, "place", None, False, None),
        (9, 15, "ahead", (12, "AheadT"), False, None),
        (10, 10, "predictedStart", None, False, None),
    ),
    "PoolT": (
        (1, 11, "id", None, False, None),
        (2, 11, "name", None, False, None),
        (3, 2, "exclusive", None, False, None),
        (4, 15, "hosts", 11, False, None),
        (5, 8, "nodeCount", None, False, None),
        (6, 8, "jobCount", None, False, None),
    ),
    "LimitT": (
        (1, 11, "id", None, False, None),
        (2, 11, "name", None, False, None),
        (3, 8, "total", None, False, None),
        (4, 8, "per", "LimitPer", False, None),
        (5, 8, "heldBack", None, False, None),
        (6, 8, "used", None, False, None),
        (7, 8, "waiting", None, False, None),
        (8, 10, "notBefore", None, False, None),
        (9, 11, "reason", None, False, None),
    ),
    "AvoidT": (
        (1, 11, "jobId", None, False, None),
        (2, 11, "jobName", None, False, None),
        (3, 11, "nodeId", None, False, None),
        (4, 11, "nodeName", None, False, None),
        (5, 8, "failures", None, False, None),
        (6, 10, "endTime", None, False, None),
        (7, 11, "reason", None, False, None),
    ),
    "FailureT": (
        (1, 11, "fingerprint", None, False, None),
        (2, 11, "line", None, False, None),
        (3, 8, "attempts", None, False, None),
        (4, 8, "tasks", None, False, None),
        (5, 15, "nodes", 11, False, None),
        (6, 15, "layers", 11, False, None),
        (7, 15, "taskIds", 11, False, None),
        (8, 10, "firstTime", None, False, None),
        (9, 10, "lastTime", None, False, None),
        (10, 8, "nodeCount", None, False, None),
        (11, 11, "sentence", None, False, None),
    ),
    "DependT": (
        (1, 11, "id", None, True, None),
        (2, 8, "type", "DependType", True, None),
        (3, 2, "active", None, True, None),
        (4, 10, "createdTime", None, True, None),
        (5, 10, "satisfiedTime", None, True, None),
        (6, 11, "dependentJobId", None, True, None),
        (7, 11, "dependOnJobId", None, True, None),
        (8, 11, "dependentLayerId", None, False, None),
        (9, 11, "dependOnLayerId", None, False, None),
        (10, 11, "dependentTaskId", None, False, None),
        (11, 11, "dependOnTaskId", None, False, None),
        (12, 11, "dependentJobName", None, True, None),
        (13, 11, "dependOnJobName", None, True, None),
        (14, 11, "dependentLayerName", None, False, None),
        (15, 11, "dependOnLayerName", None, False, None),
        (16, 11, "dependentTaskName", None, False, None),
        (17, 11, "dependOnTaskName", None, False, None),
    ),
    "TaskTotalsT": (
        (1, 8, "totalTaskCount", None, False, 0),
        (2, 8, "succeededTaskCount", None, False, 0),
        (3, 8, "runningTaskCount", None, False, 0),
        (4, 8, "deadTaskCount", None, False, 0),
        (5, 8, "eatenTaskCount", None, False, 0),
        (6, 8, "waitingTaskCount", None, False, 0),
        (7, 8, "dependTaskCount", None, False, 0),
    ),
    "ProjectT": (
        (1, 11, "id", None, False, None),
        (2, 11, "code", None, False, None),
        (3, 11, "title", None, False, None),
        (4, 2, "isActive", None, False, None),
    ),
    "ClusterCountsT": (
        (1, 8, "nodes", None, True, None),
        (2, 8, "upNodes", None, True, None),
        (3, 8, "downNodes", None, True, None),
        (4, 8, "repairNodes", None, True, None),
        (5, 8, "lockedNodes", None, True, None),
        (6, 8, "unlockedNodes", None, True, None),
        (7, 8, "cores", None, True, None),
        (8, 8, "upCores", None, True, None),
        (9, 8, "downCores", None, True, None),
        (10, 8, "repairCores", None, True, None),
        (11, 8, "lockedCores", None, True, None),
        (12, 8, "unlockedCores", None, True, None),
        (13, 8, "runCores", None, True, None),
        (14, 8, "idleCores", None, True, None),
    ),
    "ClusterT": (
        (1, 11, "id", None, True, None),
        (2, 11, "name", None, False, None),
        (3, 14, "tags", 11, False, None),
        (4, 2, "isLocked", None, False, None),
        (5, 2, "isDefault", None, False, None),
        (6, 12, "total", "ClusterCountsT", False, None),
    ),
    "QuotaT": (
        (1, 11, "id", None, False, None),
        (2, 11, "clusterId", None, False, None),
        (3, 11, "projectId", None, False, None),
        (4, 11, "name", None, False, None),
        (5, 2, "isLocked", None, False, None),
        (6, 8, "size", None, False, None),
        (7, 8, "burst", None, False, None),
        (8, 8, "runCores", None, False, None),
        (9, 4, "usedCoreHours", None, False, None),
        (10, 4, "debtCoreHours", None, False, None),
    ),
    "NodeSystemT": (
        (1, 8, "physicalCores", None, False, None),
        (2, 8, "logicalCores", None, False, None),
        (3, 8, "totalRamMb", None, False, None),
        (4, 8, "freeRamMb", None, False, None),
        (5, 8, "totalSwapMb", None, False, None),
        (6, 8, "freeSwapMb", None, False, None),
        (7, 11, "cpuModel", None, False, None),
        (8, 11, "platform", None, False, None),
        (9, 15, "load", 8, False, None),
    ),
    "NodeT": (
        (1, 11, "id", None, False, None),
        (2, 11, "clusterId", None, False, None),
        (3, 11, "name", None, False, None),
        (4, 11, "clusterName", None, False, None),
        (5, 11, "ipaddr", None, False, None),
        (6, 14, "tags", 11, False, None),
        (7, 8, "state", "NodeState", False, None),
        (8, 8, "mode", "SlotMode", False, None),
        (9, 2, "locked", None, False, None),
        (10, 10, "createdTime", None, False, None),
        (11, 10, "updatedTime", None, False, None),
        (12, 10, "bootTime", None, False, None),
        (13, 8, "totalCores", None, False, None),
        (14, 8, "idleCores", None, False, None),
        (15, 8, "slotCores", None, False, None),
        (16, 8, "totalRamMb", None, False, None),
        (17, 8, "freeRamMb", None, False, None),
        (18, 8, "slotRam", None, False, None),
        (19, 12, "system", "NodeSystemT", False, None),
        (20, 11, "address", None, False, None),
        (21, 8, "runProcs", None, False, None),
        (22, 11, "version", None, False, None),
        (23, 2, "isDraining", None, False, None),
        (24, 2, "isRebooting", None, False, None),
        (25, 11, "os", None, False, None),
        (26, 11, "arch", None, False, None),
        (27, 15, "gpus", (12, "GpuT"), False, None),
        (28, 15, "disks", (12, "DiskT"), False, None),
        (29, 15, "users", 11, False, None),
        (30, 13, "metrics", (11, 4), False, None),
        (31, 11, "awayReason", None, False, None),
        (32, 15, "pools", 11, False, None),
        (33, 8, "idleGpus", None, False, None),
        (34, 11, "stateReason", None, False, None),
        (35, 12, "reservation", "ReservationT", False, None),
        (36, 15, "complaints", 11, False, None),
    ),
    "ProcT": (
        (1, 11, "id", None, False, None),
        (2, 11, "nodeId", None, False, None),
        (3, 11, "jobName", None, False, None),
        (4, 11, "layerName", None, False, None),
        (5, 11, "taskName", None, False, None),
        (6, 8, "cores", None, False, None),
        (7, 4, "usedCores", None, False, None),
        (8, 4, "highCores", None, False, None),
        (9, 8, "ram", None, False, None),
        (10, 8, "usedRam", None, False, None),
        (11, 8, "highRam", None, False, None),
        (12, 15, "ioStats", 10, False, None),
        (13, 10, "createdTime", None, False, None),
        (14, 10, "updatedTime", None, False, None),
        (15, 10, "startedTime", None, False, None),
        (16, 11, "nodeName", None, False, None),
        (17, 11, "jobId", None, False, None),
        (18, 11, "layerId", None, False, None),
        (19, 11, "taskId", None, False, None),
        (20, 8, "state", "ProcState", False, None),
        (21, 8, "attempt", None, False, None),
        (22, 15, "gpus", 8, False, None),
    ),
    "ProcFilterT": (
        (1, 15, "projectIds", 11, False, None),
        (2, 15, "folderIds", 11, False, None),
        (3, 15, "jobIds", 11, False, None),
        (4, 15, "layerIds", 11, False, None),
        (5, 15, "taskIds", 11, False, None),
        (6, 15, "clusterIds", 11, False, None),
        (7, 15, "quotaIds", 11, False, None),
        (8, 15, "nodeIds", 11, False, None),
        (20, 10, "lastUpdateTime", None, False, 0),
        (21, 8, "limit", None, False, 0),
        (22, 8, "offset", None, False, 0),
    ),
    "JobStatsT": (
        (1, 8, "highRam", None, False, None),
        (2, 4, "highCores", None, False, None),
        (3, 10, "highCoreTime", None, False, None),
        (4, 10, "totalCoreTime", None, False, None),
        (5, 10, "totalSuccessCoreTime", None, False, None),
        (6, 10, "totalFailCoreTime", None, False, None),
        (7, 10, "highClockTime", None, False, None),
    ),
    "JobT": (
        (1, 11, "id", None, True, None),
        (2, 11, "folderId", None, True, None),
        (3, 11, "name", None, False, None),
        (4, 11, "username", None, False, None),
        (5, 8, "uid", None, False, None),
        (6, 8, "state", "JobState", False, None),
        (7, 2, "paused", None, False, None),
        (8, 8, "minCores", None, False, None),
        (9, 8, "maxCores", None, False, None),
        (10, 8, "runCores", None, False, None),
        (11, 8, "runProcs", None, False, None),
        (12, 10, "startTime", None, False, None),
        (13, 10, "stopTime", None, False, None),
        (14, 12, "totals", "TaskTotalsT", False, None),
        (15, 12, "stats", "JobStatsT", False, None),
        (16, 13, "attrs", (11, 11), False, None),
        (17, 11, "projectId", None, False, None),
        (18, 11, "projectCode", None, False, None),
        (19, 11, "folderName", None, False, None),
        (20, 11, "logPath", None, False, None),
        (21, 11, "endReason", None, False, None),
        (22, 11, "endedBy", None, False, None),
        (23, 8, "priority", None, False, None),
        (24, 10, "startAfter", None, False, None),
        (25, 2, "isPost", None, False, None),
        (26, 8, "restarts", None, False, None),
        (27, 2, "waitsForOthers", None, False, None),
        (28, 15, "pools", 11, False, None),
        (29, 10, "predictedEnd", None, False, None),
        (30, 11, "pauseReason", None, False, None),
    ),
    "LayerStatsT": (
        (1, 8, "highRam", None, False, None),
        (2, 8, "avgRam", None, False, None),
        (3, 4, "stdDevRam", None, False, None),
        (4, 4, "highCores", None, False, None),
        (5, 4, "avgCores", None, False, None),
        (6, 4, "stdDevCores", None, False, None),
        (7, 10, "highCoreTime", None, False, None),
        (8, 10, "avgCoreTime", None, False, None),
        (9, 10, "lowCoreTime", None, False, None),
        (10, 4, "stdDevCoreTime", None, False, None),
        (11, 10, "totalCoreTime", None, False, None),
        (12, 10, "totalSuccessCoreTime", None, False, None),
        (13, 10, "totalFailCoreTime", None, False, None),
        (14, 10, "highClockTime", None, False, None),
        (15, 10, "avgClockTime", None, False, None),
        (16, 10, "lowClockTime", None, False, None),
        (17, 4, "stdDevClockTime", None, False, None),
        (18, 10, "totalClockTime", None, False, None),
        (19, 10, "totalSuccessClockTime", None, False, None),
        (20, 10, "totalFailClockTime", None, False, None),
    ),
    "ServiceT": (
        (1, 11, "id", None, False, None),
        (2, 11, "name", None, True, None),
        (3, 15, "tags", 11, False, None),
        (4, 8, "minCores", None, False, None),
        (5, 8, "maxCores", None, False, None),
        (6, 8, "minRam", None, False, None),
        (7, 8, "maxRam", None, False, None),
        (8, 8, "maxRetries", None, False, None),
        (9, 2, "threadable", None, False, None),
        (10, 12, "run", "RunSettingsT", False, None),
        (11, 8, "killGraceS", None, False, None),
        (12, 12, "needs", "NeedsT", False, None),
        (13, 12, "retryRules", "RetryRulesT", False, None),
    ),
    "LayerT": (
        (1, 11, "id", None, True, None),
        (2, 11, "jobId", None, False, None),
        (3, 11, "name", None, False, None),
        (4, 11, "range", None, False, None),
        (5, 11, "serv", None, False, None),
        (6, 8, "chunk", None, False, None),
        (7, 15, "tags", 11, False, None),
        (8, 2, "threadable", None, False, None),
        (9, 8, "minCores", None, False, None),
        (10, 8, "maxCores", None, False, None),
        (11, 8, "minRam", None, False, None),
        (12, 8, "maxRam", None, False, None),
        (13, 8, "runCores", None, False, None),
        (14, 8, "maxRetries", None, False, None),
        (15, 8, "runProcs", None, False, None),
        (16, 12, "totals", "TaskTotalsT", False, None),
        (17, 12, "stats", "LayerStatsT", False, None),
        (18, 8, "order", None, False, None),
        (19, 15, "command", 11, False, None),
        (20, 8, "priority", None, False, None),
        (21, 8, "killGraceS", None, False, None),
        (22, 8, "version", None, False, None),
        (23, 13, "env", (11, 11), False, None),
        (24, 12, "run", "RunSettingsT", False, None),
        (25, 12, "needs", "NeedsT", False, None),
        (26, 12, "retryRules", "RetryRulesT", False, None),
        (27, 10, "notBefore", None, False, None),
        (28, 11, "notBeforeReason", None, False, None),
        (29, 12, "prediction", "PredictionT", False, None),
    ),
    "TaskStatsT": (
        (1, 8, "cores", None, False, None),
        (2, 4, "usedCores", None, False, None),
        (3, 4, "highCores", None, False, None),
        (4, 8, "ram", None, False, None),
        (5, 8, "usedRam", None, False, None),
        (6, 8, "highRam", None, False, None),
        (7, 10, "startTime", None, False, None),
        (8, 10, "stopTime", None, False, None),
        (9, 8, "retryNum", None, False, None),
        (10, 8, "progress", None, False, None),
        (11, 11, "lastLogLine", None, False, None),
        (12, 2, "active", None, False, False),
        (13, 8, "exitStatus", None, False, None),
        (14, 8, "exitSignal", None, False, None),
        (15, 11, "lastNode", None, False, None),
        (16, 11, "procId", None, False, None),
        (17, 8, "endReason", "AttemptEnd", False, None),
        (18, 11, "reason", None, False, None),
        (19, 11, "logPath", None, False, None),
    ),
    "TaskT": (
        (1, 11, "id", None, True, None),
        (2, 11, "layerId", None, False, None),
        (3, 11, "jobId", None, False, None),
        (4, 11, "name", None, False, None),
        (5, 8, "number", None, False, None),
        (6, 8, "state", "TaskState", False, None),
        (7, 8, "order", None, False, None),
        (8, 8, "retries", None, False, None),
        (9, 8, "minCores", None, False, None),
        (10, 8, "minRam", None, False, None),
        (11, 12, "stats", "TaskStatsT", False, None),
        (12, 11, "frames", None, False, None),
        (13, 11, "layerName", None, False, None),
        (14, 11, "jobName", None, False, None),
    ),
    "FolderT": (
        (1, 11, "id", None, False, None),
        (2, 11, "name", None, False, None),
        (3, 8, "minCores", None, False, None),
        (4, 8, "maxCores", None, False, None),
        (5, 8, "runCores", None, False, None),
        (6, 8, "runProcs", None, False, None),
        (7, 8, "order", None, False, None),
        (8, 12, "totals", "TaskTotalsT", False, None),
        (9, 15, "jobs", (12, "JobT"), False, None),
        (10, 11, "projectId", None, False, None),
    ),
    "MatcherT": (
        (1, 11, "id", None, False, None),
        (2, 8, "type", "MatcherType", False, None),
        (3, 8, "field", "MatcherField", False, None),
        (4, 11, "value", None, False, None),
        (5, 11, "attr", None, False, None),
    ),
    "ActionT": (
        (1, 11, "id", None, False, None),
        (2, 8, "type", "ActionType", False, None),
        (3, 11, "value", None, False, None),
    ),
    "FilterT": (
        (1, 11, "id", None, False, None),
        (2, 11, "name", None, False, None),
        (3, 8, "order", None, False, None),
        (4, 2, "enabled", None, False, None),
    ),
    "OutputT": (
        (1, 11, "outputId", None, False, None),
        (2, 11, "path", None, False, None),
        (3, 13, "attrs", (11, 11), False, None),
    ),
    "FilterTraceT": (
        (1, 11, "filterId", None, False, None),
        (2, 11, "filterName", None, False, None),
        (3, 2, "matched", None, False, None),
        (4, 15, "actions", (12, "ActionT"), False, None),
        (5, 11, "why", None, False, None),
    ),
    "LayerVersionT": (
        (1, 8, "version", None, False, None),
        (2, 10, "createdTime", None, False, None),
        (3, 11, "actor", None, False, None),
        (4, 15, "command", 11, False, None),
        (5, 13, "env", (11, 11), False, None),
        (6, 11, "reason", None, False, None),
    ),
    "LogT": (
        (1, 18, "content", None, False, None),
        (2, 10, "offset", None, False, None),
        (3, 10, "size", None, False, None),
        (4, 11, "path", None, False, None),
        (5, 11, "nodeName", None, False, None),
        (6, 8, "attempt", None, False, None),
    ),
    "AttemptT": (
        (1, 11, "procId", None, False, None),
        (2, 11, "taskId", None, False, None),
        (3, 11, "layerId", None, False, None),
        (4, 11, "jobId", None, False, None),
        (5, 11, "taskName", None, False, None),
        (6, 11, "layerName", None, False, None),
        (7, 11, "jobName", None, False, None),
        (8, 8, "attempt", None, False, None),
        (9, 11, "nodeName", None, False, None),
        (10, 8, "cores", None, False, None),
        (11, 8, "ram", None, False, None),
        (12, 10, "startTime", None, False, None),
        (13, 10, "stopTime", None, False, None),
        (14, 8, "exitStatus", None, False, None),
        (15, 8, "exitSignal", None, False, None),
        (16, 8, "endReason", "AttemptEnd", False, None),
        (17, 11, "reason", None, False, None),
        (18, 8, "highRam", None, False, None),
        (19, 4, "highCores", None, False, None),
        (20, 10, "clockMs", None, False, None),
        (21, 10, "cpuMs", None, False, None),
        (22, 11, "logPath", None, False, None),
        (23, 8, "commandIndex", None, False, None),
        (24, 8, "warnings", None, False, None),
        (25, 15, "gpus", 8, False, None),
        (26, 8, "predictedRam", None, False, None),
        (27, 10, "predictedClockMs", None, False, None),
        (28, 11, "fingerprint", None, False, None),
    ),
    "EventT": (
        (1, 10, "sequence", None, False, None),
        (2, 10, "time", None, False, None),
        (3, 11, "noun", None, False, None),
        (4, 11, "objectId", None, False, None),
        (5, 11, "change", None, False, None),
        (6, 11, "oldValue", None, False, None),
        (7, 11, "newValue", None, False, None),
        (8, 11, "jobId", None, False, None),
    ),
    "EventPageT": (
        (1, 15, "events", (12, "EventT"), False, None),
        (2, 10, "nextSequence", None, False, None),
        (3, 2, "isComplete", None, False, None),
    ),
    "BlameT": (
        (1, 10, "id", None, False, None),
        (2, 10, "time", None, False, None),
        (3, 11, "actor", None, False, None),
        (4, 2, "isProven", None, False, None),
        (5, 11, "client", None, False, None),
        (6, 11, "call", None, False, None),
        (7, 11, "noun", None, False, None),
        (8, 11, "objectId", None, False, None),
        (9, 11, "field", None, False, None),
        (10, 11, "oldValue", None, False, None),
        (11, 11, "newValue", None, False, None),
        (12, 11, "reason", None, False, None),
        (13, 8, "code", None, False, None),
    ),
    "LayerPlanT": (
        (1, 11, "name", None, False, None),
        (2, 8, "taskCount", None, False, None),
        (3, 8, "minCores", None, False, None),
        (4, 8, "minRam", None, False, None),
        (5, 8, "fittingNodes", None, False, None),
        (6, 8, "readyNodes", None, False, None),
        (7, 8, "predictedRam", None, False, None),
        (8, 10, "predictedClockMs", None, False, None),
        (9, 11, "basis", None, False, None),
        (10, 8, "predictedCores", None, False, None),
        (11, 15, "rules", (12, "RuleCountT"), False, None),
    ),
    "LaunchPlanT": (
        (1, 11, "folderName", None, False, None),
        (2, 2, "paused", None, False, None),
        (3, 8, "minCores", None, False, None),
        (4, 8, "maxCores", None, False, None),
        (5, 8, "taskCount", None, False, None),
        (6, 15, "layers", (12, "LayerPlanT"), False, None),
        (7, 15, "filters", (12, "FilterTraceT"), False, None),
        (8, 15, "warnings", 11, False, None),
        (9, 10, "predictedCoreMs", None, False, None),
    ),
    "AttemptFilterT": (
        (1, 15, "jobIds", 11, False, None),
        (2, 15, "layerIds", 11, False, None),
        (3, 15, "taskIds", 11, False, None),
        (4, 15, "nodeNames", 11, False, None),
        (5, 15, "ends", (8, "AttemptEnd"), False, None),
        (6, 10, "stoppedSince", None, False, None),
        (7, 10, "stoppedBefore", None, False, None),
        (8, 8, "limit", None, False, 0),
        (9, 8, "offset", None, False, 0),
    ),
    "DependSpecT": (
        (1, 8, "type", "DependType", False, None),
        (2, 11, "dependentJob", None, False, None),
        (3, 11, "dependOnJob", None, False, None),
        (4, 11, "dependentLayer", None, False, None),
        (5, 11, "dependOnLayer", None, False, None),
        (6, 11, "dependentTask", None, False, None),
        (7, 11, "dependOnTask", None, False, None),
    ),
    "TaskSpecT": (
        (1, 11, "name", None, False, None),
        (2, 15, "depends", (12, "DependSpecT"), False, None),
    ),
    "LayerSpecT": (
        (1, 11, "name", None, True, None),
        (2, 15, "command", 11, True, None),
        (3, 11, "range", None, False, None),
        (4, 15, "tags", 11, False, None),
        (5, 11, "serv", None, False, None),
        (6, 8, "minCores", None, False, None),
        (7, 8, "maxCores", None, False, None),
        (8, 8, "minRam", None, False, None),
        (9, 8, "maxRam", None, False, None),
        (10, 2, "threadable", None, False, None),
        (11, 8, "maxRetries", None, False, None),
        (12, 8, "chunk", None, False, 1),
        (13, 15, "depends", (12, "DependSpecT"), False, None),
        (14, 15, "tasks", (12, "TaskSpecT"), False, None),
        (15, 13, "env", (11, 11), False, None),
        (16, 2, "isPost", None, False, False),
        (17, 8, "priority", None, False, None),
        (18, 8, "killGraceS", None, False, None),
        (19, 12, "run", "RunSettingsT", False, None),
        (20, 12, "needs", "NeedsT", False, None),
        (21, 12, "retryRules", "RetryRulesT", False, None),
        (22, 8, "taskOrder", "TaskOrder", False, None),
        (23, 8, "everyNth", None, False, None),
    ),
    "JobSpecT": (
        (1, 11, "name", None, False, None),
        (2, 11, "project", None, False, None),
        (3, 2, "paused", None, False, False),
        (4, 11, "username", None, False, None),
        (5, 8, "uid", None, False, None),
        (6, 11, "logPath", None, False, None),
        (7, 15, "layers", (12, "LayerSpecT"), False, None),
        (8, 15, "depends", (12, "DependSpecT"), False, None),
        (9, 13, "attrs", (11, 11), False, None),
        (10, 13, "env", (11, 11), False, None),
        (11, 11, "requestId", None, False, None),
        (12, 8, "priority", None, False, None),
        (13, 10, "startAfter", None, False, None),
        (14, 15, "pools", 11, False, None),
    ),
    "QueryTermT": (
        (1, 8, "op", "QueryOp", False, None),
        (2, 11, "field", None, False, None),
        (3, 11, "key", None, False, None),
        (4, 15, "texts", 11, False, None),
        (5, 15, "numbers", 4, False, None),
        (6, 2, "ago", None, False, None),
    ),
    "JobFilterT": (
        (1, 2, "matchingOnly", None, False, False),
        (2, 15, "project", 11, False, None),
        (3, 15, "user", 11, False, None),
        (4, 11, "regex", None, False, None),
        (5, 15, "states", (8, "JobState"), False, None),
        (6, 15, "jobIds", 11, False, None),
        (7, 15, "name", 11, False, None),
        (8, 15, "where", (12, "QueryTermT"), False, None),
        (9, 8, "limit", None, False, None),
    ),
    "TaskFilterT": (
        (1, 11, "jobId", None, False, None),
        (2, 15, "layerIds", 11, False, None),
        (3, 15, "states", (8, "TaskState"), False, None),
        (4, 8, "limit", None, False, 0),
        (5, 8, "offset", None, False, 0),
        (6, 10, "lastUpdateTime", None, False, 0),
        (7, 15, "taskIds", 11, False, None),
        (8, 15, "nodeIds", 11, False, None),
        (9, 15, "where", (12, "QueryTermT"), False, None),
        (10, 11, "afterTask", None, False, None),
    ),
    "NodeFilterT": (
        (1, 15, "hostIds", 11, False, None),
        (2, 15, "clusterIds", 11, False, None),
        (3, 11, "regex", None, False, None),
        (4, 15, "hostnames", 11, False, None),
        (5, 15, "states", (8, "NodeState"), False, None),
        (6, 2, "locked", None, False, None),
        (7, 15, "where", (12, "QueryTermT"), False, None),
        (8, 8, "limit", None, False, None),
    ),
    "QuotaFilterT": (
        (1, 15, "project", 11, False, None),
        (2, 15, "cluster", 11, False, None),
    ),
}

EXCEPTIONS: dict[str, Fields] = {
    "PlowException": (
        (1, 8, "code", None, False, None),
        (2, 11, "why", None, False, None),
        (3, 11, "incident", None, False, None),
    ),
    "RndException": (
        (1, 8, "code", None, False, None),
        (2, 11, "why", None, False, None),
        (3, 15, "stack", 11, False, None),
    ),
}

CALLS: dict[str, dict[str, Call]] = {
    "RpcService": {
        "getPlowTime": (
            (),
            (
                (0, 10, "success", None, False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "introduce": (
            (
                (1, 11, "username", None, False, None),
                (2, 11, "program", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getServices": (
            (),
            (
                (0, 15, "success", (12, "ServiceT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createService": (
            (
                (1, 12, "svc", "ServiceT", False, None),
            ),
            (
                (0, 12, "success", "ServiceT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "deleteService": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "updateService": (
            (
                (1, 12, "svc", "ServiceT", False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getProject": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (0, 12, "success", "ProjectT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getProjectByCode": (
            (
                (1, 11, "code", None, False, None),
            ),
            (
                (0, 12, "success", "ProjectT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getProjects": (
            (),
            (
                (0, 15, "success", (12, "ProjectT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getActiveProjects": (
            (),
            (
                (0, 15, "success", (12, "ProjectT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createProject": (
            (
                (1, 11, "title", None, False, None),
                (2, 11, "code", None, False, None),
            ),
            (
                (0, 12, "success", "ProjectT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setProjectActive": (
            (
                (1, 11, "id", None, False, None),
                (2, 2, "active", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "deleteProject": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "launch": (
            (
                (1, 12, "spec", "JobSpecT", False, None),
            ),
            (
                (0, 12, "success", "JobT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getActiveJob": (
            (
                (1, 11, "name", None, False, None),
            ),
            (
                (0, 12, "success", "JobT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getJob": (
            (
                (1, 11, "jobId", None, False, None),
            ),
            (
                (0, 12, "success", "JobT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "killJob": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 11, "reason", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "pauseJob": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 2, "paused", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getJobs": (
            (
                (1, 12, "filter", "JobFilterT", False, None),
            ),
            (
                (0, 15, "success", (12, "JobT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getJobOutputs": (
            (
                (1, 11, "jobId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "OutputT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setJobMinCores": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 8, "value", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setJobMaxCores": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 8, "value", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setJobAttrs": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 13, "attrs", (11, 11), False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getDependsOnJob": (
            (
                (1, 11, "jobId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "DependT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getJobDependsOn": (
            (
                (1, 11, "jobId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "DependT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getJobSpec": (
            (
                (1, 11, "jobId", None, False, None),
            ),
            (
                (0, 12, "success", "JobSpecT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createJobOnJobDepend": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 11, "onJobId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "checkLaunch": (
            (
                (1, 12, "spec", "JobSpecT", False, None),
            ),
            (
                (0, 12, "success", "LaunchPlanT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "restartJob": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 2, "failedOnly", None, False, None),
                (3, 11, "reason", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setJobFolder": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 11, "folderId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setJobPriority": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 8, "priority", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setJobStartAfter": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 10, "startAfter", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "appendLayers": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 15, "layers", (12, "LayerSpecT"), False, None),
            ),
            (
                (0, 15, "success", (12, "LayerT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getJobFilterTrace": (
            (
                (1, 11, "jobId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "FilterTraceT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "updateOutputAttrs": (
            (
                (1, 11, "outputId", None, False, None),
                (2, 13, "attrs", (11, 11), False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setOutputAttrs": (
            (
                (1, 11, "outputId", None, False, None),
                (2, 13, "attrs", (11, 11), False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getOutputAttrs": (
            (
                (1, 11, "outputId", None, False, None),
            ),
            (
                (0, 13, "success", (11, 11), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "addOutput": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 11, "path", None, False, None),
                (3, 13, "attrs", (11, 11), False, None),
            ),
            (
                (0, 12, "success", "OutputT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getLayerOutputs": (
            (
                (1, 11, "layerId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "OutputT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createFolder": (
            (
                (1, 11, "projectId", None, False, None),
                (2, 11, "name", None, False, None),
            ),
            (
                (0, 12, "success", "FolderT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getFolder": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (0, 12, "success", "FolderT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getJobBoard": (
            (
                (1, 11, "project", None, False, None),
            ),
            (
                (0, 15, "success", (12, "FolderT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getFolders": (
            (
                (1, 11, "project", None, False, None),
            ),
            (
                (0, 15, "success", (12, "FolderT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setFolderMinCores": (
            (
                (1, 11, "folderId", None, False, None),
                (2, 8, "value", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setFolderMaxCores": (
            (
                (1, 11, "folderId", None, False, None),
                (2, 8, "value", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setFolderName": (
            (
                (1, 11, "folderId", None, False, None),
                (2, 11, "name", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "deleteFolder": (
            (
                (1, 11, "folderId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setFolderOrder": (
            (
                (1, 11, "folderId", None, False, None),
                (2, 8, "order", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getLayerById": (
            (
                (1, 11, "layerId", None, False, None),
            ),
            (
                (0, 12, "success", "LayerT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getLayer": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 11, "name", None, False, None),
            ),
            (
                (0, 12, "success", "LayerT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getLayers": (
            (
                (1, 11, "jobId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "LayerT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerTags": (
            (
                (1, 11, "guid", None, False, None),
                (2, 15, "tags", 11, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerMinCoresPerTask": (
            (
                (1, 11, "guid", None, False, None),
                (2, 8, "minCores", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerMaxCoresPerTask": (
            (
                (1, 11, "guid", None, False, None),
                (2, 8, "maxCores", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerMinRamPerTask": (
            (
                (1, 11, "guid", None, False, None),
                (2, 8, "minRam", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerThreadable": (
            (
                (1, 11, "guid", None, False, None),
                (2, 2, "threadable", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerMaxRamPerTask": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 8, "maxRam", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerMaxRetries": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 8, "maxRetries", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerService": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 11, "serv", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerChunk": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 8, "chunk", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerPriority": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 8, "priority", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerKillGrace": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 8, "killGraceS", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerRun": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 12, "run", "RunSettingsT", False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerCommand": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 15, "command", 11, False, None),
                (3, 13, "env", (11, 11), False, None),
                (4, 11, "reason", None, False, None),
            ),
            (
                (0, 12, "success", "LayerVersionT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getLayerVersions": (
            (
                (1, 11, "layerId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "LayerVersionT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "appendFrames": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 11, "range", None, False, None),
            ),
            (
                (0, 12, "success", "LayerT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "appendTasks": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 15, "tasks", (12, "TaskSpecT"), False, None),
            ),
            (
                (0, 12, "success", "LayerT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getDependsOnLayer": (
            (
                (1, 11, "layerId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "DependT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getLayerDependsOn": (
            (
                (1, 11, "layerId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "DependT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createLayerOnLayerDepend": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 11, "onLayerId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createLayerOnTaskDepend": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 11, "onTaskId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createTaskByTaskDepend": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 11, "onLayerId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getTask": (
            (
                (1, 11, "taskId", None, False, None),
            ),
            (
                (0, 12, "success", "TaskT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getTasks": (
            (
                (1, 12, "filter", "TaskFilterT", False, None),
            ),
            (
                (0, 15, "success", (12, "TaskT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getTaskLogPath": (
            (
                (1, 11, "taskId", None, False, None),
            ),
            (
                (0, 11, "success", None, False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "retryTasks": (
            (
                (1, 12, "filter", "TaskFilterT", False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "eatTasks": (
            (
                (1, 12, "filter", "TaskFilterT", False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "killTasks": (
            (
                (1, 12, "filter", "TaskFilterT", False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getDependsOnTask": (
            (
                (1, 11, "taskId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "DependT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getTaskDependsOn": (
            (
                (1, 11, "taskId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "DependT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getTaskStats": (
            (
                (1, 11, "taskId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "TaskStatsT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "readTaskLog": (
            (
                (1, 11, "taskId", None, False, None),
                (2, 8, "attempt", None, False, None),
                (3, 10, "offset", None, False, None),
                (4, 8, "length", None, False, None),
            ),
            (
                (0, 12, "success", "LogT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getAttempts": (
            (
                (1, 12, "filter", "AttemptFilterT", False, None),
            ),
            (
                (0, 15, "success", (12, "AttemptT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createTaskOnLayerDepend": (
            (
                (1, 11, "taskId", None, False, None),
                (2, 11, "onLayerId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createTaskOnTaskDepend": (
            (
                (1, 11, "taskId", None, False, None),
                (2, 11, "onTaskId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "dropDepend": (
            (
                (1, 11, "dependId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "activateDepend": (
            (
                (1, 11, "dependId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createDepend": (
            (
                (1, 12, "dependSpec", "DependSpecT", False, None),
            ),
            (
                (0, 12, "success", "DependT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getNode": (
            (
                (1, 11, "name", None, False, None),
            ),
            (
                (0, 12, "success", "NodeT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getNodes": (
            (
                (1, 12, "filter", "NodeFilterT", False, None),
            ),
            (
                (0, 15, "success", (12, "NodeT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setNodeLocked": (
            (
                (1, 11, "id", None, False, None),
                (2, 2, "locked", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setNodeCluster": (
            (
                (1, 11, "id", None, False, None),
                (2, 11, "clusterId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setNodeTags": (
            (
                (1, 11, "id", None, False, None),
                (2, 14, "tags", 11, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setNodeSlotMode": (
            (
                (1, 11, "id", None, False, None),
                (2, 8, "mode", "SlotMode", False, None),
                (3, 8, "slotCores", None, False, None),
                (4, 8, "slotRam", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setNodeState": (
            (
                (1, 11, "id", None, False, None),
                (2, 8, "state", "NodeState", False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "rebootNode": (
            (
                (1, 11, "id", None, False, None),
                (2, 2, "now", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "deleteNode": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getProcs": (
            (
                (1, 12, "filter", "ProcFilterT", False, None),
            ),
            (
                (0, 15, "success", (12, "ProcT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getProc": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (0, 12, "success", "ProcT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "killProc": (
            (
                (1, 11, "id", None, False, None),
                (2, 11, "reason", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getCluster": (
            (
                (1, 11, "name", None, False, None),
            ),
            (
                (0, 12, "success", "ClusterT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getClustersByTag": (
            (
                (1, 11, "tag", None, False, None),
            ),
            (
                (0, 15, "success", (12, "ClusterT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getClusters": (
            (),
            (
                (0, 15, "success", (12, "ClusterT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createCluster": (
            (
                (1, 11, "name", None, False, None),
            ),
            (
                (0, 12, "success", "ClusterT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "deleteCluster": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (0, 2, "success", None, False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "lockCluster": (
            (
                (1, 11, "id", None, False, None),
                (2, 2, "locked", None, False, None),
            ),
            (
                (0, 2, "success", None, False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setClusterTags": (
            (
                (1, 11, "id", None, False, None),
                (2, 14, "tags", 11, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setClusterName": (
            (
                (1, 11, "id", None, False, None),
                (2, 11, "name", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setDefaultCluster": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getQuota": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (0, 12, "success", "QuotaT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getQuotas": (
            (
                (1, 12, "filter", "QuotaFilterT", False, None),
            ),
            (
                (0, 15, "success", (12, "QuotaT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createQuota": (
            (
                (1, 11, "projectId", None, False, None),
                (2, 11, "clusterId", None, False, None),
                (3, 8, "size", None, False, None),
                (4, 8, "burst", None, False, None),
            ),
            (
                (0, 12, "success", "QuotaT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setQuotaSize": (
            (
                (1, 11, "id", None, False, None),
                (2, 8, "size", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setQuotaBurst": (
            (
                (1, 11, "id", None, False, None),
                (2, 8, "burst", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setQuotaLocked": (
            (
                (1, 11, "id", None, False, None),
                (2, 2, "locked", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "deleteQuota": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createFilter": (
            (
                (1, 11, "projectId", None, False, None),
                (2, 11, "name", None, False, None),
            ),
            (
                (0, 12, "success", "FilterT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getFilters": (
            (
                (1, 11, "projectId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "FilterT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getFilter": (
            (
                (1, 11, "filterId", None, False, None),
            ),
            (
                (0, 12, "success", "FilterT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "deleteFilter": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setFilterName": (
            (
                (1, 11, "id", None, False, None),
                (2, 11, "name", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setFilterEnabled": (
            (
                (1, 11, "id", None, False, None),
                (2, 2, "enabled", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setFilterOrder": (
            (
                (1, 11, "id", None, False, None),
                (2, 8, "order", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "increaseFilterOrder": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "decreaseFilterOrder": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createFieldMatcher": (
            (
                (1, 11, "filterId", None, False, None),
                (2, 8, "field", "MatcherField", False, None),
                (3, 8, "type", "MatcherType", False, None),
                (4, 11, "value", None, False, None),
            ),
            (
                (0, 12, "success", "MatcherT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createAttrMatcher": (
            (
                (1, 11, "filterId", None, False, None),
                (2, 8, "type", "MatcherType", False, None),
                (3, 11, "attr", None, False, None),
                (4, 11, "value", None, False, None),
            ),
            (
                (0, 12, "success", "MatcherT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getMatcher": (
            (
                (1, 11, "matcherId", None, False, None),
            ),
            (
                (0, 12, "success", "MatcherT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getMatchers": (
            (
                (1, 11, "filterId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "MatcherT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "updateMatcher": (
            (
                (1, 12, "matcher", "MatcherT", False, None),
            ),
            (
                (0, 12, "success", "MatcherT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "deleteMatcher": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createAction": (
            (
                (1, 11, "filterId", None, False, None),
                (2, 8, "type", "ActionType", False, None),
                (3, 11, "value", None, False, ""),
            ),
            (
                (0, 12, "success", "ActionT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "deleteAction": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getActions": (
            (
                (1, 11, "filterId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "ActionT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getAction": (
            (
                (1, 11, "actionId", None, False, None),
            ),
            (
                (0, 12, "success", "ActionT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "updateAction": (
            (
                (1, 12, "action", "ActionT", False, None),
            ),
            (
                (0, 12, "success", "ActionT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getEvents": (
            (
                (1, 10, "since", None, False, None),
                (2, 8, "limit", None, False, None),
                (3, 8, "waitMs", None, False, None),
            ),
            (
                (0, 12, "success", "EventPageT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getHistory": (
            (
                (1, 11, "objectId", None, False, None),
                (2, 8, "limit", None, False, None),
                (3, 10, "before", None, False, None),
            ),
            (
                (0, 15, "success", (12, "BlameT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getPools": (
            (),
            (
                (0, 15, "success", (12, "PoolT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getPool": (
            (
                (1, 11, "pool", None, False, None),
            ),
            (
                (0, 12, "success", "PoolT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createPool": (
            (
                (1, 11, "name", None, False, None),
                (2, 15, "hosts", 11, False, None),
                (3, 2, "exclusive", None, False, None),
            ),
            (
                (0, 12, "success", "PoolT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setPoolName": (
            (
                (1, 11, "poolId", None, False, None),
                (2, 11, "name", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setPoolHosts": (
            (
                (1, 11, "poolId", None, False, None),
                (2, 15, "hosts", 11, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "changePoolHosts": (
            (
                (1, 11, "poolId", None, False, None),
                (2, 15, "added", 11, False, None),
                (3, 15, "removed", 11, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setPoolExclusive": (
            (
                (1, 11, "poolId", None, False, None),
                (2, 2, "exclusive", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "deletePool": (
            (
                (1, 11, "poolId", None, False, None),
                (2, 11, "moveTo", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setJobPools": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 15, "pools", 11, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getLimits": (
            (),
            (
                (0, 15, "success", (12, "LimitT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getLimit": (
            (
                (1, 11, "limit", None, False, None),
            ),
            (
                (0, 12, "success", "LimitT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "createLimit": (
            (
                (1, 11, "name", None, False, None),
                (2, 8, "total", None, False, None),
                (3, 8, "per", "LimitPer", False, None),
            ),
            (
                (0, 12, "success", "LimitT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLimitTotal": (
            (
                (1, 11, "limitId", None, False, None),
                (2, 8, "total", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLimitHeldBack": (
            (
                (1, 11, "limitId", None, False, None),
                (2, 8, "heldBack", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "clearLimitWait": (
            (
                (1, 11, "limitId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "deleteLimit": (
            (
                (1, 11, "limitId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerNeeds": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 12, "needs", "NeedsT", False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "setLayerRetryRules": (
            (
                (1, 11, "layerId", None, False, None),
                (2, 12, "rules", "RetryRulesT", False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "explain": (
            (
                (1, 11, "id", None, False, None),
            ),
            (
                (0, 12, "success", "ExplainT", False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getReservations": (
            (),
            (
                (0, 15, "success", (12, "ReservationT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "clearReservation": (
            (
                (1, 11, "nodeId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getAvoids": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 11, "nodeId", None, False, None),
            ),
            (
                (0, 15, "success", (12, "AvoidT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "clearAvoids": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 11, "nodeId", None, False, None),
            ),
            (
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getJobFailures": (
            (
                (1, 11, "jobId", None, False, None),
                (2, 2, "deadOnly", None, False, None),
            ),
            (
                (0, 15, "success", (12, "FailureT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getNodeFailures": (
            (
                (1, 11, "nodeId", None, False, None),
                (2, 8, "hours", None, False, None),
            ),
            (
                (0, 15, "success", (12, "FailureT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "getPredictionQuality": (
            (
                (1, 8, "days", None, False, None),
            ),
            (
                (0, 15, "success", (12, "PredictionQualityT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
        "parseQuery": (
            (
                (1, 8, "kind", "QueryKind", False, None),
                (2, 11, "text", None, False, None),
            ),
            (
                (0, 15, "success", (12, "QueryTermT"), False, None),
                (1, 12, "problem", "PlowException", False, None),
            ),
            False,
        ),
    },
    "RndServiceApi": {
        "sendPing": (
            (
                (1, 12, "ping", "Ping", False, None),
            ),
            (),
            True,
        ),
        "taskComplete": (
            (
                (1, 12, "result", "RunTaskResult", False, None),
            ),
            (
                (1, 12, "problem", "RndException", False, None),
            ),
            False,
        ),
        "ping": (
            (
                (1, 12, "ping", "Ping", False, None),
            ),
            (
                (0, 12, "success", "PingReply", False, None),
                (1, 12, "problem", "RndException", False, None),
            ),
            False,
        ),
        "tasksComplete": (
            (
                (1, 15, "results", (12, "RunTaskResult"), False, None),
            ),
            (
                (1, 12, "problem", "RndException", False, None),
            ),
            False,
        ),
    },
    "RndNodeApi": {
        "runTask": (
            (
                (1, 12, "command", "RunTaskCommand", False, None),
            ),
            (
                (1, 12, "problem", "RndException", False, None),
            ),
            False,
        ),
        "killRunningTask": (
            (
                (1, 11, "procId", None, False, None),
                (2, 11, "reason", None, False, None),
            ),
            (
                (1, 12, "problem", "RndException", False, None),
            ),
            False,
        ),
        "reboot": (
            (
                (1, 2, "now", None, False, None),
            ),
            (
                (1, 12, "problem", "RndException", False, None),
            ),
            False,
        ),
        "getRunningTasks": (
            (),
            (
                (0, 15, "success", (12, "RunningTask"), False, None),
                (1, 12, "problem", "RndException", False, None),
            ),
            False,
        ),
        "pingPong": (
            (
                (1, 2, "withTasks", None, False, None),
            ),
            (
                (0, 12, "success", "Ping", False, None),
                (1, 12, "problem", "RndException", False, None),
            ),
            False,
        ),
        "runTasks": (
            (
                (1, 15, "commands", (12, "RunTaskCommand"), False, None),
            ),
            (
                (0, 15, "success", (12, "StartReply"), False, None),
                (1, 12, "problem", "RndException", False, None),
            ),
            False,
        ),
        "killTasks": (
            (
                (1, 15, "commands", (12, "KillCommand"), False, None),
            ),
            (
                (0, 15, "success", (12, "KillReply"), False, None),
                (1, 12, "problem", "RndException", False, None),
            ),
            False,
        ),
        "readLog": (
            (
                (1, 11, "path", None, False, None),
                (2, 10, "offset", None, False, None),
                (3, 8, "length", None, False, None),
            ),
            (
                (0, 12, "success", "LogT", False, None),
                (1, 12, "problem", "RndException", False, None),
            ),
            False,
        ),
        "drain": (
            (
                (1, 2, "wanted", None, False, None),
                (2, 11, "reason", None, False, None),
            ),
            (
                (1, 12, "problem", "RndException", False, None),
            ),
            False,
        ),
    },
}
