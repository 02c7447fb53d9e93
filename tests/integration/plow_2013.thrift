/** The wire of Plow 2013: what its clients and nodes send and understand. Made from the recorded contract; never edited. */

enum ActionType {
  SET_FOLDER = 0,
  SET_MIN_CORES = 1,
  SET_MAX_CORES = 2,
  PAUSE = 3,
  STOP_PROCESSING = 4,
}

enum DependType {
  JOB_ON_JOB = 0,
  LAYER_ON_LAYER = 1,
  LAYER_ON_TASK = 2,
  TASK_ON_LAYER = 3,
  TASK_ON_TASK = 4,
  TASK_BY_TASK = 5,
}

enum JobState {
  INITIALIZE = 0,
  RUNNING = 1,
  FINISHED = 2,
  POST = 3,
}

enum MatcherField {
  JOB_NAME = 0,
  USER = 1,
  ATTR = 2,
}

enum MatcherType {
  CONTAINS = 0,
  NOT_CONTAINS = 1,
  IS = 2,
  IS_NOT = 3,
  BEGINS_WITH = 4,
  ENDS_WITH = 5,
}

enum NodeState {
  UP = 0,
  DOWN = 1,
  REPAIR = 2,
}

enum SlotMode {
  DYNAMIC = 0,
  SINGLE = 1,
  SLOTS = 2,
}

enum TaskState {
  INITIALIZE = 0,
  WAITING = 1,
  RUNNING = 2,
  DEAD = 3,
  EATEN = 4,
  DEPEND = 5,
  SUCCEEDED = 6,
}

struct ActionT {
  1: string id,
  2: ActionType type,
  3: string value,
}

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
  13: required i32 runCores,
  14: required i32 idleCores,
}

struct ClusterT {
  1: required string id,
  2: string name,
  3: set<string> tags,
  4: bool isLocked,
  5: bool isDefault,
  6: ClusterCountsT total,
}

struct DependSpecT {
  1: DependType type,
  2: string dependentJob,
  3: string dependOnJob,
  4: string dependentLayer,
  5: string dependOnLayer,
  6: string dependentTask,
  7: string dependOnTask,
}

struct DependT {
  1: required string id,
  2: required DependType type,
  3: required bool active,
  4: required i64 createdTime,
  5: required i64 satisfiedTime,
  6: required string dependentJobId,
  7: required string dependOnJobId,
  8: string dependentLayerId,
  9: string dependOnLayerId,
  10: string dependentTaskId,
  11: string dependOnTaskId,
  12: required string dependentJobName,
  13: required string dependOnJobName,
  14: string dependentLayerName,
  15: string dependOnLayerName,
  16: string dependentTaskName,
  17: string dependOnTaskName,
}

struct DiskIO {
  1: i64 readCount,
  2: i64 writeCount,
  3: i64 readBytes,
  4: i64 writeBytes,
}

struct FilterT {
  1: string id,
  2: string name,
  3: i32 order,
  4: bool enabled,
}

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

struct JobFilterT {
  1: bool matchingOnly,
  2: list<string> project,
  3: list<string> user,
  4: string regex,
  5: list<JobState> states,
  6: list<string> jobIds,
  7: list<string> name,
}

struct JobStatsT {
  1: i32 highRam,
  2: double highCores,
  3: i64 highCoreTime,
  4: i64 totalCoreTime,
  5: i64 totalSuccessCoreTime,
  6: i64 totalFailCoreTime,
  7: i64 highClockTime,
}

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

struct MatcherT {
  1: string id,
  2: MatcherType type,
  3: MatcherField field,
  4: string value,
  5: string attr,
}

struct NodeFilterT {
  1: list<string> hostIds,
  2: list<string> clusterIds,
  3: string regex,
  4: list<string> hostnames,
  5: list<NodeState> states,
  6: bool locked,
}

struct NodeSystemT {
  1: i32 physicalCores,
  2: i32 logicalCores,
  3: i32 totalRamMb,
  4: i32 freeRamMb,
  5: i32 totalSwapMb,
  6: i32 freeSwapMb,
  7: string cpuModel,
  8: string platform,
  9: list<i32> load,
}

struct NodeT {
  1: string id,
  2: string clusterId,
  3: string name,
  4: string clusterName,
  5: string ipaddr,
  6: set<string> tags,
  7: NodeState state,
  8: SlotMode mode,
  9: bool locked,
  10: i64 createdTime,
  11: i64 updatedTime,
  12: i64 bootTime,
  13: i32 totalCores,
  14: i32 idleCores,
  15: i32 slotCores,
  16: i32 totalRamMb,
  17: i32 freeRamMb,
  18: i32 slotRam,
  19: NodeSystemT system,
}

struct OutputT {
  1: string outputId,
  2: string path,
  3: map<string,string> attrs,
}

exception PlowException {
  1: i32 what,
  2: string why,
}

struct ProcFilterT {
  1: list<string> projectIds,
  2: list<string> folderIds,
  3: list<string> jobIds,
  4: list<string> layerIds,
  5: list<string> taskIds,
  6: list<string> clusterIds,
  7: list<string> quotaIds,
  8: list<string> nodeIds,
  20: i64 lastUpdateTime,
  21: i32 limit,
  22: i32 offset,
}

struct ProcT {
  1: string id,
  2: string nodeId,
  3: string jobName,
  4: string layerName,
  5: string taskName,
  6: i32 cores,
  7: double usedCores,
  8: double highCores,
  9: i32 ram,
  10: i32 usedRam,
  11: i32 highRam,
  12: list<i64> ioStats,
  13: i64 createdTime,
  14: i64 updatedTime,
  15: i64 startedTime,
}

struct ProjectT {
  1: string id,
  2: string code,
  3: string title,
  4: bool isActive,
}

struct QuotaFilterT {
  1: list<string> project,
  2: list<string> cluster,
}

struct QuotaT {
  1: string id,
  2: string clusterId,
  3: string projectId,
  4: string name,
  5: bool isLocked,
  6: i32 size,
  7: i32 burst,
  8: i32 runCores,
}

exception RndException {
  1: i32 what,
  2: string why,
  3: list<string> stack,
}

struct RunTaskCommand {
  1: string procId,
  2: string taskId,
  3: string jobId,
  4: string layerId,
  5: i32 cores,
  6: list<string> command,
  7: map<string,string> env,
  8: string logFile,
  9: i32 uid,
  10: string username,
  11: list<string> taskTypes,
}

struct RunTaskResult {
  1: string procId,
  2: string taskId,
  3: string jobId,
  4: i32 maxRssMb,
  5: i32 exitStatus,
  6: byte exitSignal,
}

struct RunningTask {
  1: string procId,
  2: string taskId,
  3: string jobId,
  4: string layerId,
  5: i32 rssMb,
  6: i32 pid,
  7: double progress,
  8: string lastLog,
  9: i16 cpuPercent,
  10: DiskIO diskIO,
}

struct ServiceT {
  1: string id,
  2: required string name,
  3: list<string> tags,
  4: i32 minCores,
  5: i32 maxCores,
  6: i32 minRam,
  7: i32 maxRam,
  8: i32 maxRetries,
  9: bool threadable,
}

struct TaskFilterT {
  1: string jobId,
  2: list<string> layerIds,
  3: list<TaskState> states,
  4: i32 limit,
  5: i32 offset,
  6: i64 lastUpdateTime,
  7: list<string> taskIds,
  8: list<string> nodeIds,
}

struct TaskSpecT {
  1: string name,
  2: list<DependSpecT> depends,
}

struct TaskStatsT {
  1: i32 cores,
  2: double usedCores,
  3: double highCores,
  4: i32 ram,
  5: i32 usedRam,
  6: i32 highRam,
  7: i64 startTime,
  8: i64 stopTime,
  9: i32 retryNum,
  10: i32 progress,
  11: string lastLogLine,
  12: bool active,
  13: i32 exitStatus,
  14: i32 exitSignal,
  15: string lastNode,
}

struct TaskT {
  1: required string id,
  2: string layerId,
  3: string jobId,
  4: string name,
  5: i32 number,
  6: TaskState state,
  7: i32 order,
  8: i32 retries,
  9: i32 minCores,
  10: i32 minRam,
  11: TaskStatsT stats,
}

struct TaskTotalsT {
  1: i32 totalTaskCount,
  2: i32 succeededTaskCount,
  3: i32 runningTaskCount,
  4: i32 deadTaskCount,
  5: i32 eatenTaskCount,
  6: i32 waitingTaskCount,
  7: i32 dependTaskCount,
}

struct JobT {
  1: required string id,
  2: required string folderId,
  3: string name,
  4: string username,
  5: i32 uid,
  6: JobState state,
  7: bool paused,
  8: i32 minCores,
  9: i32 maxCores,
  10: i32 runCores,
  11: i32 runProcs,
  12: i64 startTime,
  13: i64 stopTime,
  14: TaskTotalsT totals,
  15: JobStatsT stats,
  16: map<string,string> attrs,
}

struct LayerSpecT {
  1: required string name,
  2: required list<string> command,
  3: string range,
  4: list<string> tags,
  5: string serv,
  6: i32 minCores,
  7: i32 maxCores,
  8: i32 minRam,
  9: i32 maxRam,
  10: bool threadable,
  11: i32 maxRetries,
  12: i32 chunk,
  13: list<DependSpecT> depends,
  14: list<TaskSpecT> tasks,
  15: map<string,string> env,
  16: bool isPost,
}

struct LayerT {
  1: required string id,
  2: string jobId,
  3: string name,
  4: string range,
  5: string serv,
  6: i32 chunk,
  7: list<string> tags,
  8: bool threadable,
  9: i32 minCores,
  10: i32 maxCores,
  11: i32 minRam,
  12: i32 maxRam,
  13: i32 runCores,
  14: i32 maxRetries,
  15: i32 runProcs,
  16: TaskTotalsT totals,
  17: LayerStatsT stats,
}

struct Ping {
  1: string hostname,
  2: string ipAddr,
  3: bool isReboot,
  4: i64 bootTime,
  5: Hardware hw,
  6: list<RunningTask> tasks,
}

struct FolderT {
  1: string id,
  2: string name,
  3: i32 minCores,
  4: i32 maxCores,
  5: i32 runCores,
  6: i32 runProcs,
  7: i32 order,
  8: TaskTotalsT totals,
  9: list<JobT> jobs,
}

struct JobSpecT {
  1: string name,
  2: string project,
  3: bool paused,
  4: string username,
  5: i32 uid,
  6: string logPath,
  7: list<LayerSpecT> layers,
  8: list<DependSpecT> depends,
  9: map<string,string> attrs,
  10: map<string,string> env,
}

service RndNodeApi {
  list<RunningTask> getRunningTasks() throws (1: RndException e),
  void killRunningTask(1: string procId, 2: string reason) throws (1: RndException e),
  Ping pingPong(1: bool withTasks) throws (1: RndException e),
  void reboot(1: bool now) throws (1: RndException e),
  void runTask(1: RunTaskCommand command) throws (1: RndException e),
}

service RndServiceApi {
  oneway void sendPing(1: Ping ping),
  void taskComplete(1: RunTaskResult result) throws (1: RndException e),
}

service RpcService {
  void activateDepend(1: string dependId) throws (1: PlowException e),
  OutputT addOutput(1: string layerId, 2: string path, 3: map<string,string> attrs) throws (1: PlowException e),
  ActionT createAction(1: string filterId, 2: ActionType type, 3: string value) throws (1: PlowException e),
  MatcherT createAttrMatcher(1: string filterId, 2: MatcherType type, 3: string attr, 4: string value) throws (1: PlowException e),
  ClusterT createCluster(1: string name) throws (1: PlowException e),
  DependT createDepend(1: DependSpecT dependSpec) throws (1: PlowException e),
  MatcherT createFieldMatcher(1: string filterId, 2: MatcherField field, 3: MatcherType type, 4: string value) throws (1: PlowException e),
  FilterT createFilter(1: string projectId, 2: string name) throws (1: PlowException e),
  FolderT createFolder(1: string projectId, 2: string name) throws (1: PlowException e),
  void createJobOnJobDepend(1: string jobId, 2: string onJobId) throws (1: PlowException e),
  void createLayerOnLayerDepend(1: string layerId, 2: string onLayerId) throws (1: PlowException e),
  void createLayerOnTaskDepend(1: string layerId, 2: string onTaskId) throws (1: PlowException e),
  ProjectT createProject(1: string title, 2: string code) throws (1: PlowException e),
  QuotaT createQuota(1: string projectId, 2: string clusterId, 3: i32 size, 4: i32 burst) throws (1: PlowException e),
  ServiceT createService(1: ServiceT svc) throws (1: PlowException e),
  void createTaskByTaskDepend(1: string layerId, 2: string onLayerId) throws (1: PlowException e),
  void createTaskOnLayerDepend(1: string taskId, 2: string onLayerId) throws (1: PlowException e),
  void createTaskOnTaskDepend(1: string taskId, 2: string onTaskId) throws (1: PlowException e),
  void decreaseFilterOrder(1: string id) throws (1: PlowException e),
  void deleteAction(1: string id) throws (1: PlowException e),
  bool deleteCluster(1: string id) throws (1: PlowException e),
  void deleteFilter(1: string id) throws (1: PlowException e),
  void deleteFolder(1: string folderId) throws (1: PlowException e),
  void deleteMatcher(1: string id) throws (1: PlowException e),
  void deleteService(1: string id) throws (1: PlowException e),
  void dropDepend(1: string dependId) throws (1: PlowException e),
  void eatTasks(1: TaskFilterT filter) throws (1: PlowException e),
  ActionT getAction(1: string actionId) throws (1: PlowException e),
  list<ActionT> getActions(1: string filterId) throws (1: PlowException e),
  JobT getActiveJob(1: string name) throws (1: PlowException e),
  list<ProjectT> getActiveProjects() throws (1: PlowException e),
  ClusterT getCluster(1: string name) throws (1: PlowException e),
  list<ClusterT> getClusters() throws (1: PlowException e),
  list<ClusterT> getClustersByTag(1: string tag) throws (1: PlowException e),
  list<DependT> getDependsOnJob(1: string jobId) throws (1: PlowException e),
  list<DependT> getDependsOnLayer(1: string layerId) throws (1: PlowException e),
  list<DependT> getDependsOnTask(1: string taskId) throws (1: PlowException e),
  FilterT getFilter(1: string filterId) throws (1: PlowException e),
  list<FilterT> getFilters(1: string projectId) throws (1: PlowException e),
  FolderT getFolder(1: string id) throws (1: PlowException e),
  list<FolderT> getFolders(1: string project) throws (1: PlowException e),
  JobT getJob(1: string jobId) throws (1: PlowException e),
  list<FolderT> getJobBoard(1: string project) throws (1: PlowException e),
  list<DependT> getJobDependsOn(1: string jobId) throws (1: PlowException e),
  list<OutputT> getJobOutputs(1: string jobId) throws (1: PlowException e),
  JobSpecT getJobSpec(1: string jobId) throws (1: PlowException e),
  list<JobT> getJobs(1: JobFilterT filter) throws (1: PlowException e),
  LayerT getLayer(1: string jobId, 2: string name) throws (1: PlowException e),
  LayerT getLayerById(1: string layerId) throws (1: PlowException e),
  list<DependT> getLayerDependsOn(1: string layerId) throws (1: PlowException e),
  list<OutputT> getLayerOutputs(1: string layerId) throws (1: PlowException e),
  list<LayerT> getLayers(1: string jobId) throws (1: PlowException e),
  MatcherT getMatcher(1: string matcherId) throws (1: PlowException e),
  list<MatcherT> getMatchers(1: string filterId) throws (1: PlowException e),
  NodeT getNode(1: string name) throws (1: PlowException e),
  list<NodeT> getNodes(1: NodeFilterT filter) throws (1: PlowException e),
  map<string,string> getOutputAttrs(1: string outputId) throws (1: PlowException e),
  i64 getPlowTime() throws (1: PlowException e),
  ProcT getProc(1: string id) throws (1: PlowException e),
  list<ProcT> getProcs(1: ProcFilterT filter) throws (1: PlowException e),
  ProjectT getProject(1: string id) throws (1: PlowException e),
  ProjectT getProjectByCode(1: string code) throws (1: PlowException e),
  list<ProjectT> getProjects() throws (1: PlowException e),
  QuotaT getQuota(1: string id) throws (1: PlowException e),
  list<QuotaT> getQuotas(1: QuotaFilterT filter) throws (1: PlowException e),
  list<ServiceT> getServices() throws (1: PlowException e),
  TaskT getTask(1: string taskId) throws (1: PlowException e),
  list<DependT> getTaskDependsOn(1: string taskId) throws (1: PlowException e),
  string getTaskLogPath(1: string taskId) throws (1: PlowException e),
  list<TaskStatsT> getTaskStats(1: string taskId) throws (1: PlowException e),
  list<TaskT> getTasks(1: TaskFilterT filter) throws (1: PlowException e),
  void increaseFilterOrder(1: string id) throws (1: PlowException e),
  void killJob(1: string jobId, 2: string reason) throws (1: PlowException e),
  void killTasks(1: TaskFilterT filter) throws (1: PlowException e),
  JobT launch(1: JobSpecT spec) throws (1: PlowException e),
  bool lockCluster(1: string id, 2: bool locked) throws (1: PlowException e),
  void pauseJob(1: string jobId, 2: bool paused) throws (1: PlowException e),
  void retryTasks(1: TaskFilterT filter) throws (1: PlowException e),
  void setClusterName(1: string id, 2: string name) throws (1: PlowException e),
  void setClusterTags(1: string id, 2: set<string> tags) throws (1: PlowException e),
  void setDefaultCluster(1: string id) throws (1: PlowException e),
  void setFilterName(1: string id, 2: string name) throws (1: PlowException e),
  void setFilterOrder(1: string id, 2: i32 order) throws (1: PlowException e),
  void setFolderMaxCores(1: string folderId, 2: i32 value) throws (1: PlowException e),
  void setFolderMinCores(1: string folderId, 2: i32 value) throws (1: PlowException e),
  void setFolderName(1: string folderId, 2: string name) throws (1: PlowException e),
  void setJobAttrs(1: string jobId, 2: map<string,string> attrs) throws (1: PlowException e),
  void setJobMaxCores(1: string jobId, 2: i32 value) throws (1: PlowException e),
  void setJobMinCores(1: string jobId, 2: i32 value) throws (1: PlowException e),
  void setLayerMaxCoresPerTask(1: string guid, 2: i32 minCores) throws (1: PlowException e),
  void setLayerMinCoresPerTask(1: string guid, 2: i32 minCores) throws (1: PlowException e),
  void setLayerMinRamPerTask(1: string guid, 2: i32 minCores) throws (1: PlowException e),
  void setLayerTags(1: string guid, 2: list<string> tags) throws (1: PlowException e),
  void setLayerThreadable(1: string guid, 2: bool threadable) throws (1: PlowException e),
  void setNodeCluster(1: string id, 2: string clusterId) throws (1: PlowException e),
  void setNodeLocked(1: string id, 2: bool locked) throws (1: PlowException e),
  void setNodeSlotMode(1: string id, 2: SlotMode mode, 3: i32 slotCores, 4: i32 slotRam) throws (1: PlowException e),
  void setNodeTags(1: string id, 2: set<string> tags) throws (1: PlowException e),
  void setOutputAttrs(1: string outputId, 2: map<string,string> attrs) throws (1: PlowException e),
  void setProjectActive(1: string id, 2: bool active) throws (1: PlowException e),
  void setQuotaBurst(1: string id, 2: i32 burst) throws (1: PlowException e),
  void setQuotaLocked(1: string id, 2: bool locked) throws (1: PlowException e),
  void setQuotaSize(1: string id, 2: i32 size) throws (1: PlowException e),
  void updateOutputAttrs(1: string outputId, 2: map<string,string> attrs) throws (1: PlowException e),
  void updateService(1: ServiceT svc) throws (1: PlowException e),
}
