"""Written by `python -m plow_client.rpc.stubs` from the list in __init__.py. Do not edit."""

from plow_client.attempt import (
    Attempt as Attempt,
    TaskStats as TaskStats,
    get_attempts as get_attempts,
    get_task_stats as get_task_stats,
)
from plow_client.avoid import (
    Avoid as Avoid,
    clear_avoids as clear_avoids,
    get_avoids as get_avoids,
)
from plow_client.blame import (
    Blame as Blame,
    get_history as get_history,
)
from plow_client.cluster import (
    Cluster as Cluster,
    ClusterCounts as ClusterCounts,
    create_cluster as create_cluster,
    delete_cluster as delete_cluster,
    get_cluster as get_cluster,
    get_clusters as get_clusters,
    get_clusters_by_tag as get_clusters_by_tag,
    lock_cluster as lock_cluster,
    set_cluster_name as set_cluster_name,
    set_cluster_tags as set_cluster_tags,
    set_default_cluster as set_default_cluster,
)
from plow_client.connection import (
    Cancelled as Cancelled,
    Connection as Connection,
)
from plow_client.current import (
    cancel as cancel,
    connect as connect,
    get_host as get_host,
    get_plow_time as get_plow_time,
    introduce as introduce,
    is_uuid as is_uuid,
    reconnect as reconnect,
    set_host as set_host,
    use as use,
)
from plow_client.depend import (
    Depend as Depend,
    DependSpec as DependSpec,
    activate_depend as activate_depend,
    create_depend as create_depend,
    create_job_on_job_depend as create_job_on_job_depend,
    create_layer_on_layer_depend as create_layer_on_layer_depend,
    create_layer_on_task_depend as create_layer_on_task_depend,
    create_task_by_task_depend as create_task_by_task_depend,
    create_task_on_layer_depend as create_task_on_layer_depend,
    create_task_on_task_depend as create_task_on_task_depend,
    drop_depend as drop_depend,
    get_depends_on_job as get_depends_on_job,
    get_depends_on_layer as get_depends_on_layer,
    get_depends_on_task as get_depends_on_task,
    get_job_depends_on as get_job_depends_on,
    get_layer_depends_on as get_layer_depends_on,
    get_task_depends_on as get_task_depends_on,
)
from plow_client.errors import (
    AlreadyExists as AlreadyExists,
    Denied as Denied,
    Internal as Internal,
    Invalid as Invalid,
    NotAllowed as NotAllowed,
    NotFound as NotFound,
    PlowConnectionError as PlowConnectionError,
    PlowError as PlowError,
    Unavailable as Unavailable,
)
from plow_client.event import (
    Event as Event,
    EventPage as EventPage,
    get_events as get_events,
    watch_events as watch_events,
)
from plow_client.explanation import (
    Ahead as Ahead,
    Explanation as Explanation,
    RuleCount as RuleCount,
    explain as explain,
)
from plow_client.failure import (
    Failure as Failure,
    get_job_failures as get_job_failures,
    get_node_failures as get_node_failures,
)
from plow_client.filter import (
    Action as Action,
    Filter as Filter,
    FilterTrace as FilterTrace,
    Matcher as Matcher,
    create_action as create_action,
    create_attr_matcher as create_attr_matcher,
    create_field_matcher as create_field_matcher,
    create_filter as create_filter,
    decrease_filter_order as decrease_filter_order,
    delete_action as delete_action,
    delete_filter as delete_filter,
    delete_matcher as delete_matcher,
    get_action as get_action,
    get_actions as get_actions,
    get_filter as get_filter,
    get_filters as get_filters,
    get_job_filter_trace as get_job_filter_trace,
    get_matcher as get_matcher,
    get_matchers as get_matchers,
    increase_filter_order as increase_filter_order,
    set_filter_enabled as set_filter_enabled,
    set_filter_name as set_filter_name,
    set_filter_order as set_filter_order,
    update_action as update_action,
    update_matcher as update_matcher,
)
from plow_client.folder import (
    Folder as Folder,
    create_folder as create_folder,
    delete_folder as delete_folder,
    get_folder as get_folder,
    get_folders as get_folders,
    get_job_board as get_job_board,
    set_folder_max_cores as set_folder_max_cores,
    set_folder_min_cores as set_folder_min_cores,
    set_folder_name as set_folder_name,
    set_folder_order as set_folder_order,
)
from plow_client.idl import (
    ActionType as ActionType,
    AttemptEnd as AttemptEnd,
    DependType as DependType,
    JobState as JobState,
    LimitPer as LimitPer,
    MatcherField as MatcherField,
    MatcherType as MatcherType,
    NodeState as NodeState,
    ProcState as ProcState,
    SlotMode as SlotMode,
    TaskOrder as TaskOrder,
    TaskState as TaskState,
)
from plow_client.job import (
    Job as Job,
    append_layers as append_layers,
    get_active_job as get_active_job,
    get_job as get_job,
    get_jobs as get_jobs,
    kill_job as kill_job,
    pause_job as pause_job,
    restart_job as restart_job,
    set_job_attrs as set_job_attrs,
    set_job_folder as set_job_folder,
    set_job_max_cores as set_job_max_cores,
    set_job_min_cores as set_job_min_cores,
    set_job_pools as set_job_pools,
    set_job_priority as set_job_priority,
    set_job_start_after as set_job_start_after,
)
from plow_client.job_spec import (
    JobSpec as JobSpec,
    check_launch as check_launch,
    get_job_spec as get_job_spec,
    launch_job as launch_job,
)
from plow_client.job_stats import (
    JobStats as JobStats,
)
from plow_client.launch_plan import (
    LaunchPlan as LaunchPlan,
    LayerPlan as LayerPlan,
)
from plow_client.layer import (
    Layer as Layer,
    append_frames as append_frames,
    append_tasks as append_tasks,
    get_layer as get_layer,
    get_layer_by_id as get_layer_by_id,
    get_layers as get_layers,
    set_layer_chunk as set_layer_chunk,
    set_layer_kill_grace as set_layer_kill_grace,
    set_layer_max_cores_per_task as set_layer_max_cores_per_task,
    set_layer_max_ram_per_task as set_layer_max_ram_per_task,
    set_layer_max_retries as set_layer_max_retries,
    set_layer_min_cores_per_task as set_layer_min_cores_per_task,
    set_layer_min_ram_per_task as set_layer_min_ram_per_task,
    set_layer_needs as set_layer_needs,
    set_layer_priority as set_layer_priority,
    set_layer_retry_rules as set_layer_retry_rules,
    set_layer_run as set_layer_run,
    set_layer_service as set_layer_service,
    set_layer_tags as set_layer_tags,
    set_layer_threadable as set_layer_threadable,
)
from plow_client.layer_spec import (
    LayerSpec as LayerSpec,
    TaskSpec as TaskSpec,
)
from plow_client.layer_stats import (
    LayerStats as LayerStats,
)
from plow_client.layer_version import (
    LayerVersion as LayerVersion,
    get_layer_versions as get_layer_versions,
    set_layer_command as set_layer_command,
)
from plow_client.limit import (
    Limit as Limit,
    clear_limit_wait as clear_limit_wait,
    create_limit as create_limit,
    delete_limit as delete_limit,
    get_limit as get_limit,
    get_limits as get_limits,
    set_limit_held_back as set_limit_held_back,
    set_limit_total as set_limit_total,
)
from plow_client.needs import (
    Needs as Needs,
    RetryRules as RetryRules,
)
from plow_client.node import (
    Disk as Disk,
    Gpu as Gpu,
    Node as Node,
    NodeSystem as NodeSystem,
    Reservation as Reservation,
    clear_reservation as clear_reservation,
    delete_node as delete_node,
    get_node as get_node,
    get_nodes as get_nodes,
    get_reservations as get_reservations,
    reboot_node as reboot_node,
    set_node_cluster as set_node_cluster,
    set_node_locked as set_node_locked,
    set_node_slot_mode as set_node_slot_mode,
    set_node_state as set_node_state,
    set_node_tags as set_node_tags,
)
from plow_client.output import (
    Output as Output,
    add_layer_output as add_layer_output,
    get_job_outputs as get_job_outputs,
    get_layer_outputs as get_layer_outputs,
    get_output_attrs as get_output_attrs,
    set_output_attrs as set_output_attrs,
    update_output_attrs as update_output_attrs,
)
from plow_client.pool import (
    Pool as Pool,
    change_pool_hosts as change_pool_hosts,
    create_pool as create_pool,
    delete_pool as delete_pool,
    get_pool as get_pool,
    get_pools as get_pools,
    set_pool_exclusive as set_pool_exclusive,
    set_pool_hosts as set_pool_hosts,
    set_pool_name as set_pool_name,
)
from plow_client.prediction import (
    Prediction as Prediction,
    PredictionQuality as PredictionQuality,
    get_prediction_quality as get_prediction_quality,
)
from plow_client.proc import (
    Proc as Proc,
    get_proc as get_proc,
    get_procs as get_procs,
    kill_proc as kill_proc,
)
from plow_client.project import (
    Project as Project,
    create_project as create_project,
    delete_project as delete_project,
    get_active_projects as get_active_projects,
    get_project as get_project,
    get_project_by_code as get_project_by_code,
    get_projects as get_projects,
    set_project_active as set_project_active,
)
from plow_client.quota import (
    Quota as Quota,
    create_quota as create_quota,
    delete_quota as delete_quota,
    get_quota as get_quota,
    get_quotas as get_quotas,
    set_quota_burst as set_quota_burst,
    set_quota_locked as set_quota_locked,
    set_quota_size as set_quota_size,
)
from plow_client.run_settings import (
    RunSettings as RunSettings,
)
from plow_client.service import (
    Service as Service,
    create_service as create_service,
    delete_service as delete_service,
    get_services as get_services,
    update_service as update_service,
)
from plow_client.task import (
    Task as Task,
    eat_tasks as eat_tasks,
    get_task as get_task,
    get_tasks as get_tasks,
    iter_tasks as iter_tasks,
    kill_tasks as kill_tasks,
    retry_tasks as retry_tasks,
)
from plow_client.task_log import (
    Log as Log,
    get_task_log_path as get_task_log_path,
    read_task_log as read_task_log,
)
from plow_client.totals import (
    TaskTotals as TaskTotals,
)
from plow_client.version import (
    VERSION as VERSION,
)
from plow_client.waiting import (
    is_over as is_over,
    wait as wait,
)
from plow_client.where import (
    parse_query as parse_query,
)

HOMES: dict[str, tuple[str, ...]]
__all__: list[str]
