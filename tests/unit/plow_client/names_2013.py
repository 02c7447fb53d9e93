"""The names that scripts of Plow 2013 use: classes with attributes and methods, functions, keywords."""

from __future__ import annotations

CLASSES = {
    "Project": "id code title isActive refresh get_folders set_active get_job_board get_procs get_filters",
    "Folder": "id name minCores maxCores runCores runProcs order totals jobs refresh set_min_cores set_max_cores delete"
    " get_procs",
    "Job": "id folderId name username uid state paused minCores maxCores runCores runProcs startTime stopTime totals"
    " stats attrs refresh kill pause get_outputs set_min_cores set_max_cores get_layers get_folder get_tasks"
    " get_depends get_depends_on kill_tasks eat_dead_tasks retry_dead_tasks get_procs",
    "JobStats": "highRam highCores highCoreTime totalCoreTime totalSuccessCoreTime totalFailCoreTime highClockTime",
    "JobSpec": "name project username uid logPath paused layers depends attrs env launch",
    "LayerSpec": "name command range service chunk minCores maxCores minRam maxRam maxRetries threadable tags depends"
    " tasks env isPost",
    "TaskSpec": "name depends",
    "DependSpec": "type dependentJob dependOnJob dependentLayer dependOnLayer dependentTask dependOnTask create",
    "Service": "id name tags minCores maxCores minRam maxRam maxRetries threadable create delete update",
    "Layer": "id jobId name service range chunk minCores maxCores runCores runProcs minRam maxRam maxRetries threadable"
    " totals tags stats refresh get_job get_tasks get_outputs add_output set_tags set_threadable"
    " set_min_cores_per_task set_max_cores_per_task set_min_ram_per_task get_depends get_depends_on get_procs",
    "LayerStats": "highRam avgRam stdDevRam highCores avgCores stdDevCores highCoreTime avgCoreTime lowCoreTime"
    " stdDevCoreTime totalCoreTime totalSuccessCoreTime totalFailCoreTime highClockTime avgClockTime lowClockTime"
    " stdDevClockTime totalClockTime totalSuccessClockTime totalFailClockTime",
    "Task": "id jobId layerId name number order retries minCores minRam state stats refresh get_log_path retry eat kill"
    " get_depends get_depends_on get_job get_layer get_procs",
    "TaskStats": "cores usedCores highCores ram usedRam highRam startTime stopTime retryNum progress lastLogLine active"
    " exitStatus exitSignal lastNode",
    "TaskTotals": "total succeeded running dead eaten waiting depend",
    "Output": "outputId path attrs update",
    "Node": "id name clusterId clusterName ipaddr locked createdTime updatedTime bootTime totalCores idleCores"
    " slotCores totalRamMb freeRamMb slotRam tags state system mode refresh lock get_cluster set_cluster set_tags"
    " set_slot_mode get_procs",
    "NodeSystem": "cpuModel platform physicalCores logicalCores totalRamMb freeRamMb totalSwapMb freeSwapMb load",
    "Proc": "id nodeId jobName layerName taskName cores usedCores highCores ram usedRam highRam ioStats createdTime"
    " updatedTime startedTime",
    "Cluster": "id name isLocked isDefault tags total refresh delete lock set_tags set_name set_default get_procs",
    "ClusterCounts": "nodes upNodes downNodes repairNodes lockedNodes unlockedNodes cores upCores downCores repairCores"
    " lockedCores unlockedCores runCores idleCores",
    "Quota": "id clusterId projectId name isLocked size burst runCores refresh set_size set_burst set_locked get_procs",
    "Filter": "id name order enabled refresh delete set_name set_order increase_order decrease_filter_order"
    " get_matchers get_actions create_field_matcher create_attr_matcher create_action",
    "Matcher": "id type field value attr refresh delete",
    "Action": "id type value refresh delete",
    "Depend": "id type active createdTime satisfiedTime dependentJobId dependentJobName dependOnJobId dependOnJobName"
    " dependentLayerId dependentLayerName dependOnLayerId dependOnLayerName dependentTaskId dependentTaskName"
    " dependOnTaskId dependOnTaskName drop activate",
}
_FUNCTIONS = """
get_plow_time reconnect set_host get_host is_uuid
get_project get_project_by_code get_projects get_active_projects create_project set_project_active get_job_board
get_folder get_folders create_folder set_folder_min_cores set_folder_max_cores set_folder_name delete_folder
launch_job get_job get_active_job get_jobs get_job_spec kill_job pause_job set_job_min_cores set_job_max_cores
get_job_outputs get_services create_service delete_service update_service
get_layer_by_id get_layer get_layers add_layer_output get_layer_outputs set_layer_tags set_layer_min_cores_per_task
set_layer_max_cores_per_task set_layer_min_ram_per_task set_layer_threadable
get_task get_tasks get_task_stats get_task_log_path retry_tasks eat_tasks kill_tasks
update_output_attrs set_output_attrs get_output_attrs
get_node get_nodes set_node_locked set_node_cluster set_node_tags set_node_slot_mode get_proc get_procs
get_cluster get_clusters get_clusters_by_tag create_cluster delete_cluster lock_cluster set_cluster_tags
set_cluster_name set_default_cluster get_quota get_quotas create_quota set_quota_size set_quota_burst set_quota_locked
create_filter get_filters get_filter delete_filter set_filter_name set_filter_order increase_filter_order
decrease_filter_order create_field_matcher create_attr_matcher get_matcher get_matchers delete_matcher
create_action get_action get_actions delete_action
create_depend create_job_on_job_depend create_layer_on_layer_depend create_layer_on_task_depend
create_task_by_task_depend create_task_on_layer_depend create_task_on_task_depend get_depends_on_job get_job_depends_on
get_depends_on_layer get_layer_depends_on get_depends_on_task get_task_depends_on drop_depend activate_depend
"""
FUNCTIONS = _FUNCTIONS.split()
KEYWORDS = {
    "get_jobs": "matchingOnly regex project user jobIds name states",
    "get_tasks": "job layers tasks nodes jobId layerIds taskIds nodeIds states lastUpdateTime limit offset",
    "retry_tasks": "job layers tasks nodes jobId layerIds taskIds nodeIds states",
    "get_nodes": "hostIds clusterIds regex hostnames states locked",
    "get_procs": "projectIds folderIds jobIds layerIds taskIds clusterIds quotaIds nodeIds lastUpdateTime limit offset",
    "get_quotas": "project cluster",
}
