/**
 * Plow's one interface: what clients, nodes and the server say to each other.
 *
 * Ports (framed or buffered, binary or compact; the server tells by the first bytes):
 *   11336  RpcService     client -> server
 *   11337  RndServiceApi  node   -> server
 *   11338  RndNodeApi     server -> node
 *
 * Rules. A field or a call is never renumbered, retyped or reused; a new field is optional and comes
 * last. Field ids up to the first `optional` addition are those of Plow 2013, whose clients and nodes
 * still work. Unset means "not said", which differs from 0 and from an empty list.
 * Units: times are milliseconds since 1970 UTC, 0 = not yet; RAM is MB (1024 * 1024 bytes); cores are whole.
 */

namespace py plow
namespace java plow
namespace cpp Plow
namespace go plow
namespace rb Plow
namespace js plow

/** A UUID in lower case, 36 characters. Where a call says so, a name is taken too. */
typedef string Guid

/** Milliseconds since 1970-01-01 UTC by the database's clock; 0 = not yet. */
typedef i64 Timestamp

/** Free text by key. Keys are up to 255 characters. */
typedef map<string, string> Attrs

/** Where a job is in its life. `paused` is a flag beside it. */
enum JobState {
  INITIALIZE = 0,  // being launched; never seen by a client
  RUNNING = 1,  // has tasks to do
  FINISHED = 2,  // all done, eaten, or killed; its name is free again
  POST = 3,  // a post job waiting for its first job to end
}

/** Where a task is. Each start of a task is an attempt with a proc of its own. */
enum TaskState {
  INITIALIZE = 0,  // being launched; never seen by a client
  WAITING = 1,  // may be booked
  RUNNING = 2,  // booked: has exactly one live proc
  DEAD = 3,  // failed more often than its layer retries
  EATEN = 4,  // counts as done without having run
  DEPEND = 5,  // waits for other work
  SUCCEEDED = 6,  // its last attempt ended with status 0
}

/** Whether a node answers. `locked` is a flag beside it. */
enum NodeState {
  UP = 0,  // pings arrive
  DOWN = 1,  // silent for longer than the server tolerates
  REPAIR = 2,  // set aside by a person or by repeated failures
}

/** How a node is divided into procs. */
enum SlotMode {
  DYNAMIC = 0,  // each proc gets what its layer asks for
  SINGLE = 1,  // one proc gets the whole node
  SLOTS = 2,  // procs are multiples of a fixed slot
}

/** Who waits for whom: dependent _ON_ depended-on. */
enum DependType {
  JOB_ON_JOB = 0,
  LAYER_ON_LAYER = 1,
  LAYER_ON_TASK = 2,
  TASK_ON_LAYER = 3,
  TASK_ON_TASK = 4,
  TASK_BY_TASK = 5,  // frame by frame; stored as TASK_ON_TASK rows
}

/** How a matcher compares; case matters. */
enum MatcherType {
  CONTAINS = 0,
  NOT_CONTAINS = 1,
  IS = 2,
  IS_NOT = 3,
  BEGINS_WITH = 4,
  ENDS_WITH = 5,
}

/** What a matcher looks at. */
enum MatcherField {
  JOB_NAME = 0,
  USER = 1,
  ATTR = 2,  // the job attribute named by the matcher
}

/** What a filter does to a job at launch. */
enum ActionType {
  SET_FOLDER = 0,  // value: a folder id
  SET_MIN_CORES = 1,  // value: a whole number
  SET_MAX_CORES = 2,  // value: a whole number, -1 = no limit
  PAUSE = 3,  // value: true or false
  STOP_PROCESSING = 4,  // no value; later filters are not asked
}

/** Why an attempt ended. The exit status and signal are the process's own, or say nothing where it never ran. */
enum AttemptEnd {
  EXITED = 0,  // the process ended by itself; status and signal are true
  KILLED = 1,  // stopped on request: kill, retry, eat, or a killed job
  LOST = 2,  // its supervisor died or the node restarted: how the process ended is unknown
  NOT_STARTED = 3,  // the node could not start the command (no such program, no such user, no log)
  SHUTDOWN = 4,  // the node daemon was told to stop its tasks
  MEMORY = 5,  // it used more memory than it may
  NODE_LOST = 6,  // the node was silent for too long; nothing is known
  ABORTED = 7,  // booked, but the node never took it
  RUN_TIME = 8,  // it ran longer than it may
  SILENCE = 9,  // it wrote nothing for longer than it may
  LICENSE = 10,  // its log says that no licence was free
  ENVIRONMENT = 11,  // the wrapper that was to give it its environment failed on this node
  LOG_ERROR = 12,  // its log says that it failed, whatever status it ended with
  RECALLED = 13,  // the workstation's user took the machine back
}

/** How far a proc is. */
enum ProcState {
  BOOKED = 0,  // reserved in the database, not yet confirmed by the node
  RUNNING = 1,  // the node has said that it holds it
  KILLING = 2,  // to be stopped; its cores stay taken until the node says it is gone
}

// -------------------- errors

/** The one error of every client call. */
exception PlowException {
  1: i32 code,  // 0 internal, 1 not found, 2 already exists, 3 invalid, 4 not allowed now, 5 denied, 6 unavailable
  2: string why,  // one sentence that names the thing
  3: optional string incident,  // set with code 0: look for it in the server's log
}

/** The one error of every call between server and node. */
exception RndException {
  1: i32 code,  // as in PlowException
  2: string why,
  3: optional list<string> stack,
}

// -------------------- what nodes say

/** Disk traffic of a process tree since it started. */
struct DiskIO {
  1: i64 readCount = 0,
  2: i64 writeCount = 0,
  3: i64 readBytes = 0,
  4: i64 writeBytes = 0,
}

/** What a node is made of and how loaded it is. */
struct Hardware {
  1: i16 physicalCpus,
  2: i16 logicalCpus,
  3: i32 totalRamMb,
  4: i32 freeRamMb,
  5: i32 totalSwapMb,
  6: i32 freeSwapMb,
  7: string cpuModel,
  8: string platform,
  9: list<double> load,
}

/**
 * How the attempts of a layer run on their node. What is unset in a layer is its service's; what both leave unset is
 * the node's.
 */
struct RunSettingsT {
  1: optional i32 maxRunS,  // longest that an attempt may run, seconds; 0 = no limit
  2: optional i32 maxSilenceS,  // longest without output, seconds; 0 = no limit
  3: optional i32 maxLogMb,  // output beyond that is dropped with a notice, MB; 0 = no limit
  4: optional i32 niceness,  // 0 to 19, higher yields to others
  5: optional list<string> wrapper,  // kind (e.g. "rez") and its words; the node's settings say which command stands for the kind
  6: optional list<string> logRules,  // names of the rule sets that read its output; unset = the service's name
  7: optional list<string> beforeCommand,  // runs before; if it fails, so does the attempt
  8: optional list<list<string>> moreCommands,  // run after the layer's command, in order, as long as each one exits with 0
  9: optional list<string> afterCommand,  // runs at the end, whatever happened
}

/** What a limit counts. */
enum LimitPer {
  TASK = 0,  // each running task uses one
  NODE = 1,  // all tasks on a node use one together
  USER = 2,  // all tasks of a user use one together
}

/** In which order the tasks of a layer start. */
enum TaskOrder {
  GIVEN = 0,  // as the range or the list says
  FIRST_MIDDLE_LAST = 1,  // the first, the middle and the last one, then the rest as given
  EVERY_NTH = 2,  // every n-th, then the ones between, halving the gaps
}

/** What a layer needs of a node beside cores, memory and tags. Unset or 0 asks for nothing. */
struct NeedsT {
  1: optional list<string> pools,  // names; a node must be in one of them. Unset in a layer: its job's
  2: optional string os,  // "linux", "macos" or "windows"
  3: optional i32 nodeCores,  // the whole machine has at least so many cores
  4: optional i32 nodeRam,  // the whole machine has at least so much memory, MB
  5: optional bool wholeNode,  // a task takes all of its node
  6: optional i32 gpus,  // devices for each task
  7: optional i32 gpuRam,  // memory of each device, MB
  8: optional list<string> limits,  // names; each task uses one of each
  9: optional i32 maxPerNode,  // tasks of the layer on one node at a time
  10: optional bool fitRam,  // what history says may lower the booked memory below minRam
}

/** When a failed attempt is tried again. */
struct RetryRulesT {
  1: optional list<i32> exits,  // exit statuses that are worth another attempt; unset = any
  2: optional i32 delayS,  // wait before the next attempt, seconds; doubles with each failure; 0 = at once
  3: optional i32 mostDelayS,  // the longest wait, seconds
}

/** Start this attempt. procId is the attempt's id: saying it twice starts it once. */
struct RunTaskCommand {
  1: Guid procId,
  2: Guid taskId,
  3: Guid jobId,
  4: Guid layerId,
  5: i32 cores,
  6: list<string> command,
  7: Attrs env,  // the whole environment that the job adds; the node adds its own allow-list
  8: string logFile,  // full path; a missing folder is made by the node
  9: i32 uid,  // kept for old nodes; a node of ours resolves username itself and never runs as root
  10: string username,
  11: optional list<string> taskTypes,
  12: optional string jobName,
  13: optional string layerName,
  14: optional string taskName,
  15: optional i32 attempt,  // number of this attempt, from 0
  16: optional i32 ramMb,  // booked memory, MB
  17: optional string frames,  // the task's frames as a range, e.g. "1-5"
  18: optional string serv,  // the layer's service
  19: optional i32 killGraceS,  // seconds between asking the process to end and ending it
  20: optional RunSettingsT run,
  21: optional i32 memoryLimitMb,  // the attempt is ended above it, MB; unset = no limit
  22: optional list<i32> gpus,  // indices of the devices it may use; empty = none, unset = not accounted
}

/** One attempt that a node runs now. */
struct RunningTask {
  1: Guid procId,
  2: Guid taskId,
  3: Guid jobId,
  4: Guid layerId,
  5: i32 rssMb,  // whole process tree
  6: i32 pid,
  7: optional double progress = 0.0,  // 0.0 to 1.0
  8: optional string lastLog = "",
  9: i16 cpuPercent,  // 100 = one core; prefer usedCores
  10: optional DiskIO diskIO,
  11: optional double usedCores,  // cores used since the last sample
  12: optional Timestamp startTime,
  13: optional i32 highRssMb,  // highest so far
  14: optional i32 attempt,
  15: optional i32 commandIndex,  // which of its commands runs, from 0
  16: optional i32 warnings,  // lines that its rules call a warning
  17: optional list<i32> gpus,  // devices it may use
}

/** An attempt is over. Sent until it is acknowledged; the server takes it once. */
struct RunTaskResult {
  1: Guid procId,
  2: Guid taskId,
  3: Guid jobId,
  4: i32 maxRssMb,
  5: i32 exitStatus,  // the process's exit status; 1 where a signal ended it
  6: optional i8 exitSignal,  // minus the signal's number as the original sent it; prefer `signal`
  7: optional i32 signal,  // the signal that ended the process, 0 = none
  8: optional AttemptEnd endReason,
  9: optional string reason,  // one sentence, where status and signal do not say it
  10: optional Timestamp startTime,  // by the node's clock, for people
  11: optional Timestamp stopTime,  // by the node's clock, for people
  12: optional i64 clockMs,  // duration by a clock that never jumps
  13: optional i64 cpuMs,  // processor time of the whole tree
  14: optional double highCores,  // most cores used between two samples
  15: optional i32 commandIndex,  // the command that ran last, from 0
  16: optional i32 warnings,  // lines that its rules call a warning
  17: optional DiskIO diskIO,  // of the whole tree
  18: optional string failureLine,  // the line that tells best why it failed
}

/** A graphics processor of a node. */
struct GpuT {
  1: i32 index,  // as the driver counts, from 0
  2: string model,
  3: i32 memoryMb,
  4: optional string uuid,  // as the driver names it
  5: optional i32 freeMemoryMb,
  6: optional i32 usedPercent,
}

/** A disk of a node. */
struct DiskT {
  1: string path,  // a folder on it that tasks use
  2: i64 totalMb,
  3: i64 freeMb,
}

/** A node's sign of life and the truth about what it holds. */
struct Ping {
  1: string hostname,
  2: string ipAddr,
  3: bool isReboot,  // a reboot is scheduled
  4: Timestamp bootTime,  // SECONDS since 1970
  5: Hardware hw,
  6: list<RunningTask> tasks,  // attempts that run now
  7: optional string address,  // host:port where this node answers RndNodeApi; unset: hostname and port 11338
  8: optional string bootId,  // new at each boot of the machine
  9: optional Guid daemonId,  // new at each start of the daemon
  10: optional i64 sequence,  // rises with each ping of one daemon: an older ping is not believed
  11: optional list<Guid> procIds,  // every proc that this node answers for: starting, running, or ended and not yet acknowledged
  12: optional i32 cores,  // cores for tasks, where fewer than the hardware has
  13: optional i32 ramMb,  // memory for tasks, MB
  14: optional string version,
  15: optional bool isDraining,  // finishes what it has and takes nothing new
  16: optional string os,  // "linux", "macos", "windows"
  17: optional string arch,  // e.g. "x86_64"
  18: optional list<GpuT> gpus,
  19: optional list<DiskT> disks,
  20: optional list<string> users,  // who is logged in at the machine
  21: optional map<string, double> metrics,  // values of the node's own meters
  22: optional string awayReason,  // why it takes nothing new now, one sentence; unset = it does
  23: optional list<Guid> gone,  // procs that the last answer named in `kill` and that can't run here: not held, never to be started
  24: optional list<string> complaints,  // what is wrong with this node, one sentence each
}

/** The server's answer to a ping. */
struct PingReply {
  1: list<Guid> kill,  // procs that this node holds and should not: stop them
  2: Timestamp serverTime,
  3: optional i32 pingIntervalS,  // how often the server wants to hear from this node
}

/** A node's answer for one RunTaskCommand. */
struct StartReply {
  1: Guid procId,
  2: bool accepted,  // true also when the node already had it
  3: optional i32 code,  // as in RndException, where refused
  4: optional string why,
}

/** Stop an attempt, or make sure that it never starts. */
struct KillCommand {
  1: Guid procId,
  2: string reason,
  3: optional i32 graceS,  // seconds between asking and ending; unset = as its start said
  4: optional bool spareHeld,  // true: an attempt that is held goes on; one that is not can't start here any more
}

/** A node's answer for one KillCommand. */
struct KillReply {
  1: Guid procId,
  2: bool held,  // true: it is here, and a result follows; false: not here, and it can't start here any more
}

// -------------------- what clients see

/** How many nodes a rule refuses. */
struct RuleCountT {
  1: string code,  // e.g. "tags", "ram", "pool"
  2: i32 nodes,
  3: string sentence,
}

/** What the next attempts will use, from what earlier ones did. */
struct PredictionT {
  1: i32 ramMb,  // what will be booked; 0 = nothing known
  2: double cores,  // cores used on average
  3: i64 clockMs,  // for one task; 0 = nothing known
  4: double quantile,  // e.g. 0.95: so many of the attempts needed no more
  5: double confidence,  // 0 to 1, by how much is known and how alike it was
  6: i32 samples,
  7: string basis,  // one sentence
}

/** How good predictions were. */
struct PredictionQualityT {
  1: string serv,
  2: i32 attempts,
  3: double medianRamRatio,  // memory used over memory booked
  4: double withinRam,  // part of the attempts whose booked memory was within 25 % of the used
  5: double medianClockRatio,  // time taken over time predicted
  6: i32 killedForMemory,
}

/** A node that is kept for a task that found no room elsewhere. */
struct ReservationT {
  1: Guid nodeId,
  2: string nodeName,
  3: Guid jobId,
  4: Guid layerId,
  5: string jobName,
  6: string layerName,
  7: i32 cores,
  8: i32 ram,  // MB
  9: Timestamp startTime,  // when there will be room, as predicted
  10: string sentence,
}

/** Who is before it in the order. */
struct AheadT {
  1: Guid jobId,
  2: string jobName,
  3: i32 waiting,  // its waiting tasks
  4: string orderKey,
}

/** Why something waits, runs, or is idle. */
struct ExplainT {
  1: string noun,  // "job", "layer", "task" or "node"
  2: string sentence,  // the state, and why
  3: list<RuleCountT> rules,  // for work: nodes refused by each rule; for a node: layers refused
  4: i32 fitting,  // nodes (or layers) that nothing refuses
  5: optional string nearest,  // the miss that is nearest
  6: list<string> advice,  // what would help
  7: string orderKey,  // place by place, in words
  8: i32 place,  // in the order among all that waits, from 1; 0 = it does not wait
  9: list<AheadT> ahead,  // at most 10
  10: optional Timestamp predictedStart,
}

/** Nodes by name, for jobs that name the pool. */
struct PoolT {
  1: Guid id,
  2: string name,
  3: bool exclusive,  // its nodes take only jobs that name it
  4: list<string> hosts,  // exact names, any case; a bare name also stands for the first part of a full one
  5: i32 nodeCount,  // nodes that the names stand for now
  6: i32 jobCount,  // unfinished jobs that name it
}

/** A count of something scarce, e.g. licences. */
struct LimitT {
  1: Guid id,
  2: string name,
  3: i32 total,
  4: LimitPer per,
  5: i32 heldBack,  // kept out of the farm's hands, e.g. for artists
  6: i32 used,
  7: i32 waiting,  // tasks that could start but for this limit
  8: optional Timestamp notBefore,  // nothing that needs it starts until then: its users found none free
  9: optional string reason,
}

/** A job that stays away from a node. */
struct AvoidT {
  1: Guid jobId,
  2: string jobName,
  3: Guid nodeId,
  4: string nodeName,
  5: i32 failures,
  6: Timestamp endTime,  // then the job tries it again
  7: string reason,
}

/** Failures with the same last words. */
struct FailureT {
  1: string fingerprint,
  2: string line,  // as the newest of them said it
  3: i32 attempts,
  4: i32 tasks,
  5: list<string> nodes,  // at most 20
  6: list<string> layers,  // at most 20; those on a node as job/layer
  7: list<Guid> taskIds,  // at most 1000
  8: Timestamp firstTime,
  9: Timestamp lastTime,
  10: i32 nodeCount,
  11: string sentence,
}

/** Work that waits for other work. */
struct DependT {
  1: required Guid id,
  2: required DependType type,
  3: required bool active,
  4: required Timestamp createdTime,
  5: required Timestamp satisfiedTime,
  6: required Guid dependentJobId,
  7: required Guid dependOnJobId,
  8: optional Guid dependentLayerId,
  9: optional Guid dependOnLayerId,
  10: optional Guid dependentTaskId,
  11: optional Guid dependOnTaskId,
  12: required string dependentJobName,
  13: required string dependOnJobName,
  14: optional string dependentLayerName,
  15: optional string dependOnLayerName,
  16: optional string dependentTaskName,
  17: optional string dependOnTaskName,
}

/** Tasks by state. */
struct TaskTotalsT {
  1: i32 totalTaskCount = 0,
  2: i32 succeededTaskCount = 0,
  3: i32 runningTaskCount = 0,
  4: i32 deadTaskCount = 0,
  5: i32 eatenTaskCount = 0,
  6: i32 waitingTaskCount = 0,
  7: i32 dependTaskCount = 0,
}

/** Who pays: owns folders, filters and quotas. */
struct ProjectT {
  1: Guid id,
  2: string code,
  3: string title,
  4: bool isActive,
}

/** Nodes and cores of a cluster. */
struct ClusterCountsT {
  1: required i32 nodes,
  2: required i32 upNodes,
  3: required i32 downNodes,
  4: required i32 repairNodes,
  5: required i32 lockedNodes,
  6: required i32 unlockedNodes,
  7: required i32 cores,
  8: required i32 upCores,
  9: required i32 downCores,
  10: required i32 repairCores,
  11: required i32 lockedCores,
  12: required i32 unlockedCores,
  13: required i32 runCores,  // cores in use now
  14: required i32 idleCores,
}

/** A group of nodes; each node is in one. */
struct ClusterT {
  1: required Guid id,
  2: string name,
  3: set<string> tags,
  4: bool isLocked,
  5: bool isDefault,  // where new nodes land
  6: ClusterCountsT total,
}

/** A project's share of a cluster. */
struct QuotaT {
  1: Guid id,
  2: Guid clusterId,
  3: Guid projectId,
  4: string name,  // project code . cluster name
  5: bool isLocked,
  6: i32 size,  // share weight
  7: i32 burst,  // hard cap in cores
  8: i32 runCores,  // cores in use now
  9: optional double usedCoreHours,  // what it used of late: older use counts less
  10: optional double debtCoreHours,  // used beyond its share, decayed likewise; negative = it is owed
}

/** A node's machine as last pinged. */
struct NodeSystemT {
  1: i32 physicalCores,
  2: i32 logicalCores,
  3: i32 totalRamMb,
  4: i32 freeRamMb,
  5: i32 totalSwapMb,
  6: i32 freeSwapMb,
  7: string cpuModel,
  8: string platform,
  9: list<i32> load,  // 1, 5 and 15 minutes, times 100
}

/** A machine that runs tasks. */
struct NodeT {
  1: Guid id,
  2: Guid clusterId,
  3: string name,
  4: string clusterName,
  5: string ipaddr,
  6: set<string> tags,
  7: NodeState state,
  8: SlotMode mode,
  9: bool locked,
  10: Timestamp createdTime,
  11: Timestamp updatedTime,
  12: Timestamp bootTime,
  13: i32 totalCores,
  14: i32 idleCores,
  15: i32 slotCores,
  16: i32 totalRamMb,
  17: i32 freeRamMb,
  18: i32 slotRam,
  19: NodeSystemT system,
  20: optional string address,  // where the server calls it
  21: optional i32 runProcs,  // procs now
  22: optional string version,  // of its daemon
  23: optional bool isDraining,  // takes nothing new
  24: optional bool isRebooting,  // a reboot was asked for
  25: optional string os,
  26: optional string arch,
  27: optional list<GpuT> gpus,
  28: optional list<DiskT> disks,
  29: optional list<string> users,  // who is logged in at the machine
  30: optional map<string, double> metrics,  // values of its own meters, by name
  31: optional string awayReason,  // why it takes nothing new now; unset = it does
  32: optional list<string> pools,  // names of the pools that it is in
  33: optional i32 idleGpus,
  34: optional string stateReason,  // why it is in REPAIR, where the farm did it
  35: optional ReservationT reservation,  // what it is kept for
  36: optional list<string> complaints,  // what is wrong with it, one sentence each, as it says itself
}

/** Cores and memory of a node held for one attempt. */
struct ProcT {
  1: Guid id,
  2: Guid nodeId,
  3: string jobName,
  4: string layerName,
  5: string taskName,
  6: i32 cores,
  7: double usedCores,
  8: double highCores,
  9: i32 ram,
  10: i32 usedRam,
  11: i32 highRam,
  12: list<i64> ioStats,  // read count, write count, read bytes, write bytes
  13: Timestamp createdTime,
  14: Timestamp updatedTime,
  15: Timestamp startedTime,
  16: optional string nodeName,
  17: optional Guid jobId,
  18: optional Guid layerId,
  19: optional Guid taskId,
  20: optional ProcState state,
  21: optional i32 attempt,  // number of the attempt, from 0
  22: optional list<i32> gpus,  // devices of the node
}

/** Which procs: all given criteria hold; a list is any-of. */
struct ProcFilterT {
  1: optional list<Guid> projectIds,
  2: optional list<Guid> folderIds,
  3: optional list<Guid> jobIds,
  4: optional list<Guid> layerIds,
  5: optional list<Guid> taskIds,
  6: optional list<Guid> clusterIds,
  7: optional list<Guid> quotaIds,
  8: optional list<Guid> nodeIds,
  20: Timestamp lastUpdateTime = 0,  // only what changed since; a change shows when it is committed, moments after its time: ask from 5 s before the newest you know
  21: i32 limit = 0,  // 0 = no limit
  22: i32 offset = 0,
}

/** What a job has used. Times are core or clock milliseconds. */
struct JobStatsT {
  1: i32 highRam,
  2: double highCores,
  3: i64 highCoreTime,
  4: i64 totalCoreTime,
  5: i64 totalSuccessCoreTime,
  6: i64 totalFailCoreTime,
  7: i64 highClockTime,
}

/** A job. */
struct JobT {
  1: required Guid id,
  2: required Guid folderId,
  3: string name,  // unique among unfinished jobs
  4: string username,
  5: i32 uid,
  6: JobState state,
  7: bool paused,
  8: i32 minCores,  // share weight: tier = running / minCores, lowest first
  9: i32 maxCores,  // -1 = no limit
  10: i32 runCores,  // cores in use now
  11: i32 runProcs,  // procs now
  12: Timestamp startTime,
  13: Timestamp stopTime,
  14: TaskTotalsT totals,
  15: JobStatsT stats,
  16: Attrs attrs,
  17: optional Guid projectId,
  18: optional string projectCode,
  19: optional string folderName,
  20: optional string logPath,  // folder of its logs
  21: optional string endReason,  // why it ended, where somebody ended it
  22: optional string endedBy,  // who ended it
  23: optional i32 priority,  // higher first among the jobs of a project; 0 unless set
  24: optional Timestamp startAfter,  // nothing is booked before; 0 = at once
  25: optional bool isPost,  // runs after another job
  26: optional i32 restarts,  // how often it was restarted under its id
  27: optional bool waitsForOthers,  // an active depend of it, of its layers or of its tasks leads to another job
  28: optional list<string> pools,  // for its layers that name none
  29: optional Timestamp predictedEnd,  // unset = nothing known
  30: optional string pauseReason,  // why the farm paused it
}

/** What a layer's attempts have used. Averages and sample deviations are over successful attempts; times are milliseconds. */
struct LayerStatsT {
  1: i32 highRam,
  2: i32 avgRam,
  3: double stdDevRam,
  4: double highCores,
  5: double avgCores,
  6: double stdDevCores,
  7: i64 highCoreTime,
  8: i64 avgCoreTime,
  9: i64 lowCoreTime,
  10: double stdDevCoreTime,
  11: i64 totalCoreTime,
  12: i64 totalSuccessCoreTime,
  13: i64 totalFailCoreTime,
  14: i64 highClockTime,
  15: i64 avgClockTime,
  16: i64 lowClockTime,
  17: double stdDevClockTime,
  18: i64 totalClockTime,
  19: i64 totalSuccessClockTime,
  20: i64 totalFailClockTime,
}

/** A named preset of layer defaults. Unset = not preset. */
struct ServiceT {
  1: Guid id,
  2: required string name,
  3: optional list<string> tags,
  4: optional i32 minCores,  // cores
  5: optional i32 maxCores,
  6: optional i32 minRam,  // MB
  7: optional i32 maxRam,  // MB
  8: optional i32 maxRetries,
  9: optional bool threadable,
  10: optional RunSettingsT run,
  11: optional i32 killGraceS,
  12: optional NeedsT needs,
  13: optional RetryRulesT retryRules,
}

/** Tasks of one kind in a job. */
struct LayerT {
  1: required Guid id,
  2: Guid jobId,
  3: string name,
  4: string range,
  5: string serv,
  6: i32 chunk,  // frames per task
  7: list<string> tags,  // a node needs one of them
  8: bool threadable,
  9: i32 minCores,  // cores
  10: i32 maxCores,
  11: i32 minRam,  // MB
  12: i32 maxRam,  // MB
  13: i32 runCores,  // cores in use now
  14: i32 maxRetries,
  15: i32 runProcs,  // procs now
  16: TaskTotalsT totals,
  17: LayerStatsT stats,
  18: optional i32 order,  // place in the job, from 0
  19: optional list<string> command,  // as launched, tokens not replaced
  20: optional i32 priority,  // higher first inside its job; 0 unless set
  21: optional i32 killGraceS,  // seconds between asking a task to end and ending it; unset = the server's
  22: optional i32 version,  // of command and env; 1 as launched
  23: optional Attrs env,
  24: optional RunSettingsT run,  // as launched or changed, with its service's values
  25: optional NeedsT needs,
  26: optional RetryRulesT retryRules,
  27: optional Timestamp notBefore,  // nothing of it starts until then, after failures
  28: optional string notBeforeReason,
  29: optional PredictionT prediction,
}

/** One attempt: allotted, used, and how it ended. */
struct TaskStatsT {
  1: i32 cores,
  2: double usedCores,
  3: double highCores,
  4: i32 ram,
  5: i32 usedRam,
  6: i32 highRam,
  7: Timestamp startTime,
  8: Timestamp stopTime,
  9: i32 retryNum,  // number of the attempt, from 0
  10: i32 progress,  // percent, 0 to 100
  11: string lastLogLine,
  12: bool active = false,  // true while this attempt runs
  13: i32 exitStatus,
  14: i32 exitSignal,  // signal of the process; 667 aborted, 668 orphaned, 669 killed or eaten, 670 retried, 671 node lost
  15: string lastNode,
  16: optional Guid procId,  // id of the attempt
  17: optional AttemptEnd endReason,  // unset while it runs
  18: optional string reason,
  19: optional string logPath,
}

/** A frame, a chunk of frames, or a named piece of work. */
struct TaskT {
  1: required Guid id,
  2: Guid layerId,
  3: Guid jobId,
  4: string name,
  5: i32 number,  // first frame of the task; 0 for a task without frames
  6: TaskState state,
  7: i32 order,  // place in the layer, from 0
  8: i32 retries,  // number of the newest attempt, -1 before the first
  9: i32 minCores,  // cores
  10: i32 minRam,
  11: TaskStatsT stats,
  12: optional string frames,  // its frames as a range; unset for a task without frames
  13: optional string layerName,
  14: optional string jobName,
}

/** A shelf of jobs in a project, with a share of its own. */
struct FolderT {
  1: Guid id,
  2: string name,
  3: i32 minCores,  // share weight: tier = running / minCores, lowest first
  4: i32 maxCores,  // -1 = no limit
  5: i32 runCores,  // cores in use now
  6: i32 runProcs,  // procs now
  7: i32 order,
  8: TaskTotalsT totals,
  9: optional list<JobT> jobs,
  10: optional Guid projectId,
}

/** A condition of a filter. */
struct MatcherT {
  1: Guid id,
  2: MatcherType type,
  3: MatcherField field,
  4: string value,
  5: optional string attr,
}

/** What a filter does. */
struct ActionT {
  1: Guid id,
  2: ActionType type,
  3: optional string value,
}

/** Rules that a project applies to each job at launch. */
struct FilterT {
  1: Guid id,
  2: string name,
  3: i32 order,
  4: bool enabled,
}

/** Something that a layer writes. */
struct OutputT {
  1: Guid outputId,
  2: string path,
  3: Attrs attrs,
}

/** What one filter did to a job at launch, in the order asked. */
struct FilterTraceT {
  1: Guid filterId,
  2: string filterName,
  3: bool matched,
  4: list<ActionT> actions,  // carried out; empty where it did not match
  5: string why,  // one sentence: which matcher did not match, or what the actions changed
}

/** One version of a layer's command and environment. */
struct LayerVersionT {
  1: i32 version,
  2: Timestamp createdTime,
  3: string actor,
  4: list<string> command,
  5: Attrs env,
  6: string reason,
}

/** A piece of a log. */
struct LogT {
  1: binary content,  // bytes as written; may end in the middle of a line or character
  2: i64 offset,  // of the first byte
  3: i64 size,  // of the whole file now
  4: string path,
  5: string nodeName,  // where it was read; empty: by the server itself
  6: i32 attempt,
}

/** A past attempt. */
struct AttemptT {
  1: Guid procId,
  2: Guid taskId,
  3: Guid layerId,
  4: Guid jobId,
  5: string taskName,
  6: string layerName,
  7: string jobName,
  8: i32 attempt,  // number, from 0
  9: string nodeName,
  10: i32 cores,
  11: i32 ram,  // MB
  12: Timestamp startTime,
  13: Timestamp stopTime,
  14: i32 exitStatus,
  15: i32 exitSignal,
  16: AttemptEnd endReason,
  17: string reason,
  18: i32 highRam,  // MB
  19: double highCores,
  20: i64 clockMs,
  21: i64 cpuMs,
  22: string logPath,
  23: optional i32 commandIndex,  // the command that ran last, from 0
  24: optional i32 warnings,  // lines that its rules call a warning
  25: optional list<i32> gpus,  // devices of the node
  26: optional i32 predictedRam,  // MB; what was booked rests on it
  27: optional i64 predictedClockMs,
  28: optional string fingerprint,  // of its last lines, where it failed
}

/** Something changed. Numbers rise; there are no gaps in what is returned. */
struct EventT {
  1: i64 sequence,
  2: Timestamp time,
  3: string noun,  // project, folder, cluster, quota, service, filter, matcher, action, job, layer, task, depend, output, node, pool, limit
  4: Guid objectId,
  5: string change,  // made, deleted, or the field that changed
  6: optional string oldValue,
  7: optional string newValue,
  8: optional Guid jobId,
}

/** Events in order. Ask again with `nextSequence`. */
struct EventPageT {
  1: list<EventT> events,
  2: i64 nextSequence,
  3: bool isComplete,  // false: what was asked for is older than what is kept, or ahead of nextSequence; read the state anew
}

/** Who changed what, or tried to. */
struct BlameT {
  1: i64 id,
  2: Timestamp time,
  3: string actor,
  4: bool isProven,  // true: the connection proves the actor; false: the client says so
  5: string client,  // program and address
  6: string call,
  7: string noun,
  8: Guid objectId,
  9: string field,  // empty for made, deleted and refused
  10: optional string oldValue,
  11: optional string newValue,
  12: optional string reason,
  13: i32 code,  // 0 = done, else the code of the refusal
}

/** What a launch would do to one layer. */
struct LayerPlanT {
  1: string name,
  2: i32 taskCount,
  3: i32 minCores,
  4: i32 minRam,  // MB
  5: i32 fittingNodes,  // nodes whose size and tags suffice
  6: i32 readyNodes,  // of these, UP and unlocked
  7: i32 predictedRam,  // MB, from earlier attempts; 0 = nothing known
  8: i64 predictedClockMs,  // for one task; 0 = nothing known
  9: string basis,  // what the prediction rests on
  10: optional i32 predictedCores,
  11: optional list<RuleCountT> rules,  // how many nodes each rule refuses
}

/** What a launch would do. Nothing is made. */
struct LaunchPlanT {
  1: string folderName,
  2: bool paused,
  3: i32 minCores,
  4: i32 maxCores,
  5: i32 taskCount,
  6: list<LayerPlanT> layers,
  7: list<FilterTraceT> filters,
  8: list<string> warnings,  // each one sentence
  9: i64 predictedCoreMs,  // of the whole job; 0 = nothing known
}

// -------------------- what clients send

/** Which attempts: all given criteria hold; a list is any-of. A job, layer, task or node is needed. */
struct AttemptFilterT {
  1: optional list<Guid> jobIds,
  2: optional list<Guid> layerIds,
  3: optional list<Guid> taskIds,
  4: optional list<string> nodeNames,
  5: optional list<AttemptEnd> ends,
  6: optional Timestamp stoppedSince,  // stopped at or after
  7: optional Timestamp stoppedBefore,  // stopped before
  8: i32 limit = 0,  // 0 = 1000; newest first
  9: i32 offset = 0,
}

/** A depend to be made. Jobs, layers and tasks by name or id. */
struct DependSpecT {
  1: DependType type,
  2: optional string dependentJob,  // name or id; in a launch unset = the job being launched
  3: optional string dependOnJob,  // name or id; in a launch unset = the job being launched, else another unfinished job
  4: optional string dependentLayer,
  5: optional string dependOnLayer,
  6: optional string dependentTask,
  7: optional string dependOnTask,
}

/** A task without frames. */
struct TaskSpecT {
  1: string name,
  2: optional list<DependSpecT> depends,
}

/** A layer to be launched. Unset fields come from the service, then from the server's defaults. */
struct LayerSpecT {
  1: required string name,  // letters, digits, _ . -; unique in the job
  2: required list<string> command,  // one list item per argument; no shell. Tokens: %{FRAME} %{TASK} %{RANGE} %{START} %{END} %{STEP}
  3: optional string range,  // frames, e.g. "1-10", "1-10x2", "1-10y2", "1-10:5", "1,3,-5"; this or `tasks`
  4: optional list<string> tags,  // a node needs one of them
  5: optional string serv,  // name of the service whose values stand in for what is unset here; unset = "default"
  6: optional i32 minCores,  // cores
  7: optional i32 maxCores,
  8: optional i32 minRam,  // MB
  9: optional i32 maxRam,  // MB
  10: optional bool threadable,
  11: optional i32 maxRetries,
  12: i32 chunk = 1,  // frames per task; 0 or less = all frames in one task
  13: optional list<DependSpecT> depends,
  14: optional list<TaskSpecT> tasks,
  15: optional Attrs env,
  16: bool isPost = false,  // runs after the job, in a job of its own
  17: optional i32 priority,
  18: optional i32 killGraceS,
  19: optional RunSettingsT run,
  20: optional NeedsT needs,
  21: optional RetryRulesT retryRules,
  22: optional TaskOrder taskOrder,
  23: optional i32 everyNth,  // with EVERY_NTH, 2 or more
}

/** A job to be launched. */
struct JobSpecT {
  1: string name,  // letters, digits, _ . : @ + = -; at most 255; unique among unfinished jobs
  2: string project,  // a project code
  3: bool paused = false,
  4: string username,  // who the tasks run as, where the node allows it
  5: optional i32 uid,  // kept for old clients; never used to run anything
  6: optional string logPath,  // folder for logs; unset = the server's own choice below its log root
  7: list<LayerSpecT> layers,
  8: optional list<DependSpecT> depends,
  9: optional Attrs attrs,
  10: optional Attrs env,
  11: optional string requestId,  // a UUID: launching it again returns the same job
  12: optional i32 priority,
  13: optional Timestamp startAfter,
  14: optional list<string> pools,  // for its layers that name none
}

/** What a query is about. */
enum QueryKind {
  JOB = 0,  // jobs
  TASK = 1,  // tasks
  NODE = 2,  // nodes
}

/** What a term of a query says: a comparison of a field, or how the terms before it belong together. */
enum QueryOp {
  EQUAL = 0,  // the field is one of the values
  NOT_EQUAL = 1,  // it is none of them
  MATCH = 2,  // a glob: * any text, ? any character, \ takes the next one as it is; a-z are A-Z
  NOT_MATCH = 3,  // no value fits the glob
  LESS = 4,  // a number, a memory, a duration or a moment is less
  AT_MOST = 5,  // it is less or the same
  MORE = 6,  // it is more
  AT_LEAST = 7,  // it is more or the same
  AND = 8,  // the two before it both hold
  OR = 9,  // one of the two before it holds
  NOT = 10,  // the one before it does not hold
}

/**
 * One term of a query. A query is a list of terms, operands before their operator: `a and not b` is a, b, NOT, AND.
 * docs/guide/queries.md has the fields with their types and units.
 */
struct QueryTermT {
  1: QueryOp op,  // what it says
  2: optional string field,  // of a comparison
  3: optional string key,  // of a field that has many values by key, as `attr`
  4: optional list<string> texts,  // values of a text, an id, a state (its label), "true" or "false"
  5: optional list<double> numbers,  // values of a number, a memory (MB), a duration (ms), a moment (ms since 1970, 0 = not yet)
  6: optional bool ago,  // a moment: the number is ms before now, by the database's clock
}

/** Which jobs: all given criteria hold; a list is any-of. */
struct JobFilterT {
  1: bool matchingOnly = false,  // true: no criteria, no jobs
  2: optional list<string> project,  // project codes
  3: optional list<string> user,
  4: optional string regex,  // POSIX expression searched in the name
  5: optional list<JobState> states,
  6: optional list<Guid> jobIds,
  7: optional list<string> name,
  8: optional list<QueryTermT> where,  // a query of jobs, which must hold too
  9: optional i32 limit,  // at most so many, the newest; 0 = no limit
}

/** Which tasks: all given criteria hold; a list is any-of. A job, layer, task or node is needed. */
struct TaskFilterT {
  1: optional Guid jobId,
  2: optional list<Guid> layerIds,
  3: optional list<TaskState> states,
  4: i32 limit = 0,  // 0 = no limit
  5: i32 offset = 0,
  6: Timestamp lastUpdateTime = 0,  // only what changed since; a change shows when it is committed, moments after its time: ask from 5 s before the newest you know
  7: optional list<Guid> taskIds,
  8: optional list<Guid> nodeIds,
  9: optional list<QueryTermT> where,  // a query of tasks, which must hold too; it may stand for a job, layers, tasks or nodes
  10: optional Guid afterTask,  // only what comes after this task, of a job or layers: the way through many, page by page, whatever changes meanwhile
}

/** Which nodes: all given criteria hold; a list is any-of. */
struct NodeFilterT {
  1: optional list<Guid> hostIds,
  2: optional list<Guid> clusterIds,
  3: optional string regex,  // POSIX expression searched in the name
  4: optional list<string> hostnames,
  5: optional list<NodeState> states,
  6: optional bool locked,
  7: optional list<QueryTermT> where,  // a query of nodes, which must hold too
  8: optional i32 limit,  // at most so many, the first by name; 0 = no limit
}

/** Which quotas, by project and cluster ids. */
struct QuotaFilterT {
  1: optional list<string> project,
  2: optional list<string> cluster,
}

/**
 * Client calls. Every call may raise PlowException: code 1 for an id or name that is not there, 3 for an
 * argument that makes no sense (a malformed id, too), 4 for what the state forbids, 6 to try again.
 * A call that changes something has changed it when it returns.
 */
service RpcService {

  // time, services
  /** The database clock. */
  Timestamp getPlowTime() throws (1: PlowException problem),
  /** Who calls over this connection, for blame; not needed. Taken as said where the connection does not prove another. */
  void introduce(1: string username, 2: string program) throws (1: PlowException problem),
  /** All services. */
  list<ServiceT> getServices() throws (1: PlowException problem),
  /** Make a service; unset fields preset nothing. Code 2: the name is taken. */
  ServiceT createService(1: ServiceT svc) throws (1: PlowException problem),
  /** Delete a service. Jobs already launched keep its values. */
  void deleteService(1: Guid id) throws (1: PlowException problem),
  /** Replace a service's name and values, found by its id. */
  void updateService(1: ServiceT svc) throws (1: PlowException problem),

  // projects
  /** A project by id. */
  ProjectT getProject(1: Guid id) throws (1: PlowException problem),
  /** A project by code. */
  ProjectT getProjectByCode(1: string code) throws (1: PlowException problem),
  /** All projects. */
  list<ProjectT> getProjects() throws (1: PlowException problem),
  /** Projects that may launch. */
  list<ProjectT> getActiveProjects() throws (1: PlowException problem),
  /** Make a project with a folder "jobs" and a quota on the default cluster. code: at most 16 characters. Code 2: the code is taken. */
  ProjectT createProject(1: string title, 2: string code) throws (1: PlowException problem),
  /** Allow or forbid new jobs of a project. */
  void setProjectActive(1: Guid id, 2: bool active) throws (1: PlowException problem),
  /** Delete a project that has no jobs, with its folders, filters and quotas. Code 4: it has jobs, or is the last. */
  void deleteProject(1: Guid id) throws (1: PlowException problem),

  // jobs
  /** Launch a job: checked whole, then made in one transaction or not at all. */
  JobT launch(1: JobSpecT spec) throws (1: PlowException problem),
  /** An unfinished job by name. */
  JobT getActiveJob(1: string name) throws (1: PlowException problem),
  /** A job by id, finished or not. */
  JobT getJob(1: Guid jobId) throws (1: PlowException problem),
  /** End a job: its name is free at once, its processes are stopped, its post job starts. */
  void killJob(1: Guid jobId, 2: string reason) throws (1: PlowException problem),
  /** Stop or resume booking; running tasks go on. */
  void pauseJob(1: Guid jobId, 2: bool paused) throws (1: PlowException problem),
  /** Jobs that match, newest first. */
  list<JobT> getJobs(1: JobFilterT filter) throws (1: PlowException problem),
  /** Outputs of all layers of a job. */
  list<OutputT> getJobOutputs(1: Guid jobId) throws (1: PlowException problem),
  /** Set a job's share weight, 0 or more. */
  void setJobMinCores(1: Guid jobId, 2: i32 value) throws (1: PlowException problem),
  /** Cap a job's cores; -1 = no limit. */
  void setJobMaxCores(1: Guid jobId, 2: i32 value) throws (1: PlowException problem),
  /** Replace a job's attributes. */
  void setJobAttrs(1: Guid jobId, 2: Attrs attrs) throws (1: PlowException problem),
  /** JOB_ON_JOB depends of others on this job. */
  list<DependT> getDependsOnJob(1: Guid jobId) throws (1: PlowException problem),
  /** JOB_ON_JOB depends of this job on others. */
  list<DependT> getJobDependsOn(1: Guid jobId) throws (1: PlowException problem),
  /** The spec as it was launched. */
  JobSpecT getJobSpec(1: Guid jobId) throws (1: PlowException problem),
  /** Make a job wait for another job to end. */
  void createJobOnJobDepend(1: Guid jobId, 2: Guid onJobId) throws (1: PlowException problem),
  /** What a launch of this spec would do: the whole check, filters applied, predictions, warnings. Nothing is made. */
  LaunchPlanT checkLaunch(1: JobSpecT spec) throws (1: PlowException problem),
  /** Run a finished or killed job again under its id: all tasks, or only those not succeeded. Code 2: the name is taken. Code 3: its depends would be a circle. Code 4: it has not finished. */
  void restartJob(1: Guid jobId, 2: bool failedOnly, 3: string reason) throws (1: PlowException problem),
  /** Move a job to another folder of its project. */
  void setJobFolder(1: Guid jobId, 2: Guid folderId) throws (1: PlowException problem),
  /** Higher first among the jobs of a project; among equals the share decides. 0 is normal, -1000 to 1000. */
  void setJobPriority(1: Guid jobId, 2: i32 priority) throws (1: PlowException problem),
  /** Book nothing of a job before this time; 0 = at once. */
  void setJobStartAfter(1: Guid jobId, 2: Timestamp startAfter) throws (1: PlowException problem),
  /** Add layers to an unfinished job, depends among and on its layers as in a launch. */
  list<LayerT> appendLayers(1: Guid jobId, 2: list<LayerSpecT> layers) throws (1: PlowException problem),
  /** What the filters did at launch. */
  list<FilterTraceT> getJobFilterTrace(1: Guid jobId) throws (1: PlowException problem),

  // outputs
  /** Merge attributes into an output; the new ones win. */
  void updateOutputAttrs(1: Guid outputId, 2: Attrs attrs) throws (1: PlowException problem),
  /** Replace an output's attributes. */
  void setOutputAttrs(1: Guid outputId, 2: Attrs attrs) throws (1: PlowException problem),
  /** An output's attributes. */
  Attrs getOutputAttrs(1: Guid outputId) throws (1: PlowException problem),
  /** Record something that a layer writes. */
  OutputT addOutput(1: Guid layerId, 2: string path, 3: Attrs attrs) throws (1: PlowException problem),
  /** Outputs of a layer. */
  list<OutputT> getLayerOutputs(1: Guid layerId) throws (1: PlowException problem),

  // folders
  /** Add a folder at the end of a project. Code 2: the name is taken there. */
  FolderT createFolder(1: Guid projectId, 2: string name) throws (1: PlowException problem),
  /** A folder with the totals of its jobs. */
  FolderT getFolder(1: Guid id) throws (1: PlowException problem),
  /** All folders of a project with their unfinished jobs. project: id or code. */
  list<FolderT> getJobBoard(1: string project) throws (1: PlowException problem),
  /** Folders of a project in their order, without jobs. project: id or code. */
  list<FolderT> getFolders(1: string project) throws (1: PlowException problem),
  /** Set a folder's share weight, 0 or more. */
  void setFolderMinCores(1: Guid folderId, 2: i32 value) throws (1: PlowException problem),
  /** Cap a folder's cores; -1 = no limit, 0 = nothing starts. */
  void setFolderMaxCores(1: Guid folderId, 2: i32 value) throws (1: PlowException problem),
  /** Rename a folder. */
  void setFolderName(1: Guid folderId, 2: string name) throws (1: PlowException problem),
  /** Delete an empty folder. Code 4: it holds jobs, or is the project's default. */
  void deleteFolder(1: Guid folderId) throws (1: PlowException problem),
  /** Move a folder to a place in its project's list, from 0. */
  void setFolderOrder(1: Guid folderId, 2: i32 order) throws (1: PlowException problem),

  // layers
  /** A layer by id. */
  LayerT getLayerById(1: Guid layerId) throws (1: PlowException problem),
  /** A layer of a job by name. */
  LayerT getLayer(1: Guid jobId, 2: string name) throws (1: PlowException problem),
  /** Layers of a job in their order. */
  list<LayerT> getLayers(1: Guid jobId) throws (1: PlowException problem),
  /** Replace a layer's tags; duplicates go, order stays. */
  void setLayerTags(1: string guid, 2: list<string> tags) throws (1: PlowException problem),
  /** Cores for each task, raised to 1 if lower. */
  void setLayerMinCoresPerTask(1: string guid, 2: i32 minCores) throws (1: PlowException problem),
  /** Most cores for each task, lowered to 32767 if higher. */
  void setLayerMaxCoresPerTask(1: string guid, 2: i32 maxCores) throws (1: PlowException problem),
  /** MB for each task, raised to 256 if lower. */
  void setLayerMinRamPerTask(1: string guid, 2: i32 minRam) throws (1: PlowException problem),
  /** Whether tasks can use more cores than minCores. */
  void setLayerThreadable(1: string guid, 2: bool threadable) throws (1: PlowException problem),
  /** Most MB for each task, when memory is raised by itself; at least minRam. */
  void setLayerMaxRamPerTask(1: Guid layerId, 2: i32 maxRam) throws (1: PlowException problem),
  /** How often a failed task is tried again, 0 or more. Dead tasks stay dead. */
  void setLayerMaxRetries(1: Guid layerId, 2: i32 maxRetries) throws (1: PlowException problem),
  /** Another service: its preset values replace the layer's. */
  void setLayerService(1: Guid layerId, 2: string serv) throws (1: PlowException problem),
  /** Frames per task; only while no task of the layer has started and nothing depends on single tasks of it. */
  void setLayerChunk(1: Guid layerId, 2: i32 chunk) throws (1: PlowException problem),
  /** Higher first inside a job; 0 is normal, -1000 to 1000. */
  void setLayerPriority(1: Guid layerId, 2: i32 priority) throws (1: PlowException problem),
  /** Seconds between asking a task to end and ending it, 0 to 3600. */
  void setLayerKillGrace(1: Guid layerId, 2: i32 killGraceS) throws (1: PlowException problem),
  /** How its attempts run from the next start on. What is unset in `run` is left as it is; an empty list takes a setting away. */
  void setLayerRun(1: Guid layerId, 2: RunSettingsT run) throws (1: PlowException problem),
  /** Another command and environment for what starts from now on; the newest versions are kept. */
  LayerVersionT setLayerCommand(1: Guid layerId, 2: list<string> command, 3: Attrs env, 4: string reason) throws (1: PlowException problem),
  /** The versions of a layer's command and environment that are kept, oldest first: the newest 100 unless the server is set otherwise. */
  list<LayerVersionT> getLayerVersions(1: Guid layerId) throws (1: PlowException problem),
  /** Add frames to a layer of an unfinished job. Code 3: it has no range, or has one of the frames. */
  LayerT appendFrames(1: Guid layerId, 2: string range) throws (1: PlowException problem),
  /** Add named tasks to a layer of an unfinished job that has no range. */
  LayerT appendTasks(1: Guid layerId, 2: list<TaskSpecT> tasks) throws (1: PlowException problem),
  /** Depends of others on this layer. */
  list<DependT> getDependsOnLayer(1: Guid layerId) throws (1: PlowException problem),
  /** Depends of this layer on others. */
  list<DependT> getLayerDependsOn(1: Guid layerId) throws (1: PlowException problem),
  /** Make a layer wait for a whole layer. */
  void createLayerOnLayerDepend(1: Guid layerId, 2: Guid onLayerId) throws (1: PlowException problem),
  /** Make a layer wait for a task. */
  void createLayerOnTaskDepend(1: Guid layerId, 2: Guid onTaskId) throws (1: PlowException problem),
  /** Make each task of a layer wait for the tasks of another that hold its frames. */
  void createTaskByTaskDepend(1: Guid layerId, 2: Guid onLayerId) throws (1: PlowException problem),

  // tasks
  /** A task by id. */
  TaskT getTask(1: Guid taskId) throws (1: PlowException problem),
  /** Tasks that match, in layer and task order. */
  list<TaskT> getTasks(1: TaskFilterT filter) throws (1: PlowException problem),
  /** Log file of the newest attempt; before the first, where it would be. */
  string getTaskLogPath(1: Guid taskId) throws (1: PlowException problem),
  /** Queue tasks again with a fresh retry budget; a running one is stopped first. Tasks of finished jobs stay. */
  void retryTasks(1: TaskFilterT filter) throws (1: PlowException problem),
  /** Count tasks as done; a running one is stopped. */
  void eatTasks(1: TaskFilterT filter) throws (1: PlowException problem),
  /** Stop running tasks and queue them again. The retry budget is not used. */
  void killTasks(1: TaskFilterT filter) throws (1: PlowException problem),
  /** Depends of others on this task. */
  list<DependT> getDependsOnTask(1: Guid taskId) throws (1: PlowException problem),
  /** Depends of this task on others. */
  list<DependT> getTaskDependsOn(1: Guid taskId) throws (1: PlowException problem),
  /** All attempts of a task, oldest first. */
  list<TaskStatsT> getTaskStats(1: Guid taskId) throws (1: PlowException problem),
  /** A piece of a task's log: attempt -1 = newest; a negative offset counts from the end; length up to 1 MiB. Read on the node where the server cannot see the file. */
  LogT readTaskLog(1: Guid taskId, 2: i32 attempt, 3: i64 offset, 4: i32 length) throws (1: PlowException problem),
  /** Ended attempts that match, newest first. */
  list<AttemptT> getAttempts(1: AttemptFilterT filter) throws (1: PlowException problem),
  /** Make a task wait for a whole layer. */
  void createTaskOnLayerDepend(1: Guid taskId, 2: Guid onLayerId) throws (1: PlowException problem),
  /** Make a task wait for a task. */
  void createTaskOnTaskDepend(1: Guid taskId, 2: Guid onTaskId) throws (1: PlowException problem),

  // depends
  /** Let the dependent go on as if the depend were satisfied. */
  void dropDepend(1: Guid dependId) throws (1: PlowException problem),
  /** Make a dropped or satisfied depend hold again. */
  void activateDepend(1: Guid dependId) throws (1: PlowException problem),
  /** Make a depend of any type; for TASK_BY_TASK the first of its rows is returned. */
  DependT createDepend(1: DependSpecT dependSpec) throws (1: PlowException problem),

  // nodes and procs
  /** A node by name or id. */
  NodeT getNode(1: string name) throws (1: PlowException problem),
  /** Nodes that match, by name. */
  list<NodeT> getNodes(1: NodeFilterT filter) throws (1: PlowException problem),
  /** Lock: no new tasks; running ones go on. Unlocking offers the node at once. */
  void setNodeLocked(1: Guid id, 2: bool locked) throws (1: PlowException problem),
  /** Move a node; it takes the cluster's tags. Code 4: it has procs. */
  void setNodeCluster(1: Guid id, 2: Guid clusterId) throws (1: PlowException problem),
  /** Replace a node's tags. */
  void setNodeTags(1: Guid id, 2: set<string> tags) throws (1: PlowException problem),
  /** Choose how a node is divided. Code 4: it has procs. */
  void setNodeSlotMode(1: Guid id, 2: SlotMode mode, 3: i32 slotCores, 4: i32 slotRam) throws (1: PlowException problem),
  /** Set a node aside (REPAIR: nothing new, what runs goes on) or take it back (UP). */
  void setNodeState(1: Guid id, 2: NodeState state) throws (1: PlowException problem),
  /** Reboot a node: now, stopping its tasks, or when nothing runs; until then it takes nothing new. */
  void rebootNode(1: Guid id, 2: bool now) throws (1: PlowException problem),
  /** Forget a silent node, DOWN or in REPAIR, that has no procs; should it ping again, it is new. */
  void deleteNode(1: Guid id) throws (1: PlowException problem),
  /** Procs that match. */
  list<ProcT> getProcs(1: ProcFilterT filter) throws (1: PlowException problem),
  /** A proc by id. */
  ProcT getProc(1: Guid id) throws (1: PlowException problem),
  /** Stop an attempt and queue its task again at no cost; its cores are free when the node says so. */
  void killProc(1: Guid id, 2: string reason) throws (1: PlowException problem),

  // clusters
  /** A cluster by name or id. */
  ClusterT getCluster(1: string name) throws (1: PlowException problem),
  /** Clusters that have this tag. */
  list<ClusterT> getClustersByTag(1: string tag) throws (1: PlowException problem),
  /** All clusters, by name. */
  list<ClusterT> getClusters() throws (1: PlowException problem),
  /** Make a cluster whose one tag is its name. */
  ClusterT createCluster(1: string name) throws (1: PlowException problem),
  /** Delete a cluster without nodes. True if it was there. */
  bool deleteCluster(1: Guid id) throws (1: PlowException problem),
  /** Lock or unlock all nodes of a cluster at once. True if that changed something. */
  bool lockCluster(1: Guid id, 2: bool locked) throws (1: PlowException problem),
  /** Replace a cluster's tags; its nodes keep theirs. */
  void setClusterTags(1: Guid id, 2: set<string> tags) throws (1: PlowException problem),
  /** Rename a cluster. */
  void setClusterName(1: Guid id, 2: string name) throws (1: PlowException problem),
  /** New nodes land here. */
  void setDefaultCluster(1: Guid id) throws (1: PlowException problem),

  // quotas
  /** A quota by id. */
  QuotaT getQuota(1: Guid id) throws (1: PlowException problem),
  /** Quotas that match. */
  list<QuotaT> getQuotas(1: QuotaFilterT filter) throws (1: PlowException problem),
  /** Give a project a share of a cluster. size: weight; burst: most cores. */
  QuotaT createQuota(1: Guid projectId, 2: Guid clusterId, 3: i32 size, 4: i32 burst) throws (1: PlowException problem),
  /** Set the weight. */
  void setQuotaSize(1: Guid id, 2: i32 size) throws (1: PlowException problem),
  /** Set the cap. Code 4: more cores are in use now. */
  void setQuotaBurst(1: Guid id, 2: i32 burst) throws (1: PlowException problem),
  /** Stop or resume booking on a quota. */
  void setQuotaLocked(1: Guid id, 2: bool locked) throws (1: PlowException problem),
  /** Delete a quota that is not in use. Code 4: procs run on it. */
  void deleteQuota(1: Guid id) throws (1: PlowException problem),

  // filters
  /** Add a filter at the end of a project's list. It matches where all of its matchers do; without any it matches nothing. */
  FilterT createFilter(1: Guid projectId, 2: string name) throws (1: PlowException problem),
  /** Filters of a project in their order. */
  list<FilterT> getFilters(1: Guid projectId) throws (1: PlowException problem),
  /** A filter by id. */
  FilterT getFilter(1: Guid filterId) throws (1: PlowException problem),
  /** Delete a filter with its matchers and actions. */
  void deleteFilter(1: Guid id) throws (1: PlowException problem),
  /** Rename a filter. */
  void setFilterName(1: Guid id, 2: string name) throws (1: PlowException problem),
  /** Whether launches ask this filter. */
  void setFilterEnabled(1: Guid id, 2: bool enabled) throws (1: PlowException problem),
  /** Move a filter to a place in the list, from 0. */
  void setFilterOrder(1: Guid id, 2: i32 order) throws (1: PlowException problem),
  /** Move a filter one place later. */
  void increaseFilterOrder(1: Guid id) throws (1: PlowException problem),
  /** Move a filter one place earlier. */
  void decreaseFilterOrder(1: Guid id) throws (1: PlowException problem),
  /** Add a condition on the job's name or user. */
  MatcherT createFieldMatcher(1: Guid filterId, 2: MatcherField field, 3: MatcherType type, 4: string value) throws (1: PlowException problem),
  /** Add a condition on a job attribute. */
  MatcherT createAttrMatcher(1: Guid filterId, 2: MatcherType type, 3: string attr, 4: string value) throws (1: PlowException problem),
  /** A matcher by id. */
  MatcherT getMatcher(1: Guid matcherId) throws (1: PlowException problem),
  /** Matchers of a filter in the order they were made. */
  list<MatcherT> getMatchers(1: Guid filterId) throws (1: PlowException problem),
  /** Change a matcher, found by its id: type, field, value, attr. */
  MatcherT updateMatcher(1: MatcherT matcher) throws (1: PlowException problem),
  /** Delete a matcher. */
  void deleteMatcher(1: Guid id) throws (1: PlowException problem),
  /** Add an action to a filter; without a value where its type takes none. */
  ActionT createAction(1: Guid filterId, 2: ActionType type, 3: string value = "") throws (1: PlowException problem),
  /** Delete an action. */
  void deleteAction(1: Guid id) throws (1: PlowException problem),
  /** Actions of a filter in the order they were made. */
  list<ActionT> getActions(1: Guid filterId) throws (1: PlowException problem),
  /** An action by id. */
  ActionT getAction(1: Guid actionId) throws (1: PlowException problem),
  /** Change an action, found by its id: type, value. */
  ActionT updateAction(1: ActionT action) throws (1: PlowException problem),

  // history
  /** What changed since a sequence number, in order, at most `limit` (0 = 1000); waits up to waitMs (at most 30000) where nothing has. since 0 = from the oldest kept, -1 = from now. */
  EventPageT getEvents(1: i64 since, 2: i32 limit, 3: i32 waitMs) throws (1: PlowException problem),
  /** Who changed an object, newest first, at most `limit` (0 = 100), older than `before` (an id of an answer; 0 = newest). */
  list<BlameT> getHistory(1: Guid objectId, 2: i32 limit, 3: i64 before) throws (1: PlowException problem),

  // pools
  /** All pools, by name. */
  list<PoolT> getPools() throws (1: PlowException problem),
  /** A pool by name or id. */
  PoolT getPool(1: string pool) throws (1: PlowException problem),
  /** A new pool. Hosts may be offline or not yet known. */
  PoolT createPool(1: string name, 2: list<string> hosts, 3: bool exclusive) throws (1: PlowException problem),
  /** Rename a pool; what names it goes on doing so. */
  void setPoolName(1: Guid poolId, 2: string name) throws (1: PlowException problem),
  /** All of its hosts; what was there goes. */
  void setPoolHosts(1: Guid poolId, 2: list<string> hosts) throws (1: PlowException problem),
  /** Some hosts come, others go; what others change meanwhile stays. */
  void changePoolHosts(1: Guid poolId, 2: list<string> added, 3: list<string> removed) throws (1: PlowException problem),
  /** Whether its nodes take only what names it. */
  void setPoolExclusive(1: Guid poolId, 2: bool exclusive) throws (1: PlowException problem),
  /** One that unfinished jobs name goes only where they are given another; an empty moveTo gives none. */
  void deletePool(1: Guid poolId, 2: string moveTo) throws (1: PlowException problem),
  /** For layers of the job that name none; an empty list takes it away. */
  void setJobPools(1: Guid jobId, 2: list<string> pools) throws (1: PlowException problem),

  // limits
  /** All limits, by name. */
  list<LimitT> getLimits() throws (1: PlowException problem),
  /** A limit by name or id. */
  LimitT getLimit(1: string limit) throws (1: PlowException problem),
  /** A new limit, of which nothing is in use. */
  LimitT createLimit(1: string name, 2: i32 total, 3: LimitPer per) throws (1: PlowException problem),
  /** More may be in use than a lowered total: nothing new starts until there is room. */
  void setLimitTotal(1: Guid limitId, 2: i32 total) throws (1: PlowException problem),
  /** How many the farm leaves alone. */
  void setLimitHeldBack(1: Guid limitId, 2: i32 heldBack) throws (1: PlowException problem),
  /** Forget that its users found none free: try again now. */
  void clearLimitWait(1: Guid limitId) throws (1: PlowException problem),
  /** Refused while layers of unfinished jobs need it. */
  void deleteLimit(1: Guid limitId) throws (1: PlowException problem),

  // layers
  /** What is unset in `needs` is left as it is; an empty list, "" or 0 takes a need away. */
  void setLayerNeeds(1: Guid layerId, 2: NeedsT needs) throws (1: PlowException problem),
  /** When its failed attempts are tried again. */
  void setLayerRetryRules(1: Guid layerId, 2: RetryRulesT rules) throws (1: PlowException problem),

  // reasons
  /** Why a job, layer or task waits, or why a node is idle: by the rules that book. */
  ExplainT explain(1: Guid id) throws (1: PlowException problem),
  /** Nodes that are kept for tasks that found no room. */
  list<ReservationT> getReservations() throws (1: PlowException problem),
  /** Give up what a node is kept for. */
  void clearReservation(1: Guid nodeId) throws (1: PlowException problem),

  /** Which jobs stay away from which nodes; an empty id asks for all. */
  list<AvoidT> getAvoids(1: string jobId, 2: string nodeId) throws (1: PlowException problem),
  /** Forget the failures of a job, on a node, or both; an empty id stands for any, both empty is refused. */
  void clearAvoids(1: string jobId, 2: string nodeId) throws (1: PlowException problem),
  /** The failures of a job, those with the same last words together, the most first; only the last attempt of a task that is DEAD, or all. */
  list<FailureT> getJobFailures(1: Guid jobId, 2: bool deadOnly) throws (1: PlowException problem),
  /** The failures on a node of the last hours, likewise. */
  list<FailureT> getNodeFailures(1: Guid nodeId, 2: i32 hours) throws (1: PlowException problem),
  /** How good predictions were, by service; of the last days. */
  list<PredictionQualityT> getPredictionQuality(1: i32 days) throws (1: PlowException problem),

  // query
  /** What a query says that was typed by a person, for the `where` of a filter; the error tells what is wrong and where. */
  list<QueryTermT> parseQuery(1: QueryKind kind, 2: string text) throws (1: PlowException problem),
}

/**
 * Node to server.
 */
service RndServiceApi {
  /** A node of Plow 2013 is alive. Ours use `ping`, which is answered. */
  oneway void sendPing(1: Ping ping),
  /** An attempt is over. Returns when that is stored; an unknown or repeated one is accepted and changes nothing. */
  void taskComplete(1: RunTaskResult result) throws (1: RndException problem),

  /** A node is alive and says what it holds; the answer says what to stop. */
  PingReply ping(1: Ping ping) throws (1: RndException problem),

  /** Many attempts are over: as taskComplete, in one transaction. At most 1000. */
  void tasksComplete(1: list<RunTaskResult> results) throws (1: RndException problem),
}

/**
 * Server to node.
 */
service RndNodeApi {
  /** Start an attempt; returns at once. Repeating a procId changes nothing. */
  void runTask(1: RunTaskCommand command) throws (1: RndException problem),
  /** Stop an attempt; returns at once. Code 1: not here. */
  void killRunningTask(1: Guid procId, 2: string reason) throws (1: RndException problem),
  /** Reboot the machine: now, or when no attempt runs. */
  void reboot(1: bool now) throws (1: RndException problem),
  /** What runs now. */
  list<RunningTask> getRunningTasks() throws (1: RndException problem),
  /** The ping that the node would send now. */
  Ping pingPong(1: bool withTasks) throws (1: RndException problem),

  /** Start many attempts; each is answered for itself, in their order. At most 1000. */
  list<StartReply> runTasks(1: list<RunTaskCommand> commands) throws (1: RndException problem),

  /** Stop many attempts, or keep them from ever starting here; returns at once. At most 1000. */
  list<KillReply> killTasks(1: list<KillCommand> commands) throws (1: RndException problem),

  /** A piece of an attempt's log, at most 1 MiB; only of logs that this daemon may have written. A negative offset counts from the end. */
  LogT readLog(1: string path, 2: i64 offset, 3: i32 length) throws (1: RndException problem),

  /** Finish what runs and take nothing new, or take work again; kept over restarts of daemon and machine. */
  void drain(1: bool wanted, 2: string reason) throws (1: RndException problem),
}
