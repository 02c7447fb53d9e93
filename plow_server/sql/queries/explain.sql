-- What explain says its sentences of.

-- name: explain_found
-- What an id stands for, and whatever it belongs to.
select 'job' as noun, id as job_id, null::uuid as layer_id, null::uuid as task_id, null::uuid as node_id
  from plow.job where id = %(id)s
union all
select 'layer', job_id, id, null, null from plow.layer where id = %(id)s
union all
select 'task', job_id, layer_id, id, null from plow.task where id = %(id)s
union all
select 'node', null, null, null, id from plow.node where id = %(id)s;

-- name: explain_job
-- Who paused it: the last who changed that, where somebody did.
select job.id, job.name, job.state, plow.held_by(job, plow.now()) as held, job.pause_reason, job.end_reason, job.ended_by,
       plow.ms(job.start_after) as start_after, plow.ms(job.created) as created, plow.ms(job.stopped) as stopped,
       job.username, first_job.name as first_job,
       counter.total, counter.waiting, counter.running, counter.dead, counter.eaten, counter.depend, counter.succeeded,
       paused.actor as paused_by, paused.reason as paused_why, plow.ms(paused.time) as paused_at,
       (select plow.ms(min(until)) from plow.later where later.job_id = job.id) as later
  from plow.job
  join plow.job_counter as counter on counter.job_id = job.id
  left join plow.job_post on job_post.post_job_id = job.id
  left join plow.job as first_job on first_job.id = job_post.job_id
  left join lateral (
    select actor, reason, time from plow.blame
     where object_id = job.id and noun = 'job' and field = 'paused' and code = 0 and job.paused
     order by id desc limit 1) as paused on true
 where job.id = %(job)s;

-- name: explain_layer
select layer.id, layer.name, job.name as job, layer.tags, layer.os, layer.node_cores, layer.node_ram, layer.gpus, layer.gpu_ram,
       layer.max_per_node, layer.min_cores, counter.total, counter.waiting, counter.running, counter.dead, counter.eaten,
       counter.depend, counter.succeeded, counter.ready, project.code as project, folder.name as folder,
       folder.max_cores as folder_max_cores, folder_counter.run_cores as folder_cores, job.max_cores as job_max_cores,
       job_counter.run_cores as job_cores, plow.ms(held.until) as held_until, coalesce(held.reason, '') as held_reason,
       (select plow.ms(min(until)) from plow.later where later.layer_id = layer.id) as later,
       array(select name from plow.pool where id = any(layer.pools) order by name) as pool_names,
       (select coalesce(jsonb_agg(jsonb_build_object(
                 'name', l.name, 'total', l.total, 'held_back', l.held_back, 'used', c.used, 'reason', c.reason,
                 'wait', coalesce(c.not_before > plow.now(), false), 'until', plow.ms(c.not_before), 'now', plow.ms(plow.now())) order by l.name), '[]')
          from plow.limit as l join plow.limit_counter as c on c.limit_id = l.id where l.id = any(layer.limits)) as limit_list,
       headroom.cores as headroom_cores, headroom.layer_id = layer.id as is_headroom_its_own, large_job.name as headroom_job,
       large.name as headroom_layer
  from plow.layer
  join plow.layer_counter as counter on counter.layer_id = layer.id
  join plow.job on job.id = layer.job_id
  join plow.job_counter on job_counter.job_id = job.id
  join plow.project on project.id = job.project_id
  join plow.folder on folder.id = job.folder_id
  join plow.folder_counter on folder_counter.folder_id = folder.id
  left join lateral (
    select until, reason from plow.retry_wait
     where layer_id = layer.id and until > plow.now() order by node_id nulls first, until desc limit 1) as held on true
  left join plow.headroom on headroom.project_id = job.project_id and headroom.kept_until > plow.now()
  left join plow.layer as large on large.id = headroom.layer_id
  left join plow.job as large_job on large_job.id = headroom.job_id
 where layer.id = %(layer)s;

-- name: explain_next_layer
-- Of a job, the layer that comes first: one with something ready, else one that is not done.
select layer.id
  from plow.layer join plow.layer_counter as counter on counter.layer_id = layer.id
 where layer.job_id = %(job)s
 order by counter.ready = 0, counter.succeeded + counter.eaten = counter.total, layer.priority desc, counter.next_ord,
          layer.sort_order
 limit 1;

-- name: explain_nodes
-- Nodes (null: all) that the same rules refuse, together; sizes are the largest among them.
with pair as materialized (
  select * from plow.explain_pairs(array[%(layer)s::uuid], %(nodes)s::uuid[])
)
select pair.codes, count(*) as n, min(node.name) as name, min(cluster.name) as cluster,
       max(counter.cores) as cores, max(counter.ram) as ram, sum(counter.cores) as all_cores,
       max(counter.idle_cores) as idle_cores, max(counter.idle_ram) as idle_ram, sum(counter.idle_cores) as all_idle_cores,
       min(pair.cores) as task_cores, min(pair.ram) as task_ram,
       max(share.run_cores) as quota_cores, max(share.burst) as burst,
       plow.ms(max(pause.until)) as paused_until, min(pause.why) as paused_why, plow.ms(plow.now()) as now,
       case when %(gpus)s > 0 then max((select count(*) from unnest(plow.gpus_of(node.id)) as ram where ram >= %(gpu_ram)s))
            else 0 end as gpus,
       case when %(gpus)s > 0 then max(cardinality(plow.idle_gpus(node.id, %(gpu_ram)s))) else 0 end as idle_gpus
  from pair
  join plow.node on node.id = pair.node_id
  join plow.cluster on cluster.id = node.cluster_id
  join plow.node_counter as counter on counter.node_id = node.id
  join plow.layer on layer.id = pair.layer_id
  join plow.job on job.id = layer.job_id
  left join plow.quota on quota.project_id = job.project_id and quota.cluster_id = node.cluster_id
  left join plow.quota_counter as share on share.quota_id = quota.id
  left join plow.node_pause as pause on pause.node_id = node.id and pause.until > plow.now()
 group by pair.codes, node.cluster_id;

-- name: explain_kept
-- The node that is kept for a layer.
select node.name, plow.ms(kept.starts) as starts
  from plow.reservation as kept join plow.node on node.id = kept.node_id
 where kept.layer_id = %(layer)s and kept.kept_until > plow.now();

-- name: explain_soonest
select plow.ms(min(room.starts)) as starts
  from plow.layer cross join lateral plow.soonest_room(layer, plow.now()) as room
 where layer.id = %(layer)s;

-- name: explain_names
-- What the places in the order are called.
select quota.id as quota_id, cluster.name as cluster, project.code as project
  from plow.quota join plow.cluster on cluster.id = quota.cluster_id join plow.project on project.id = quota.project_id;

-- name: explain_jobs
select job.id, job.name, folder.name as folder
  from plow.job join plow.folder on folder.id = job.folder_id where job.id = any(%(jobs)s::uuid[]);

-- name: explain_depends
-- What a job, a layer or a task waits for: depends of its own and of what it belongs to, or of what belongs to it, the
-- ones on one layer or job together; of very many the first ten thousand.
with own as (
  select * from plow.depend
   where is_active and dependent_job_id = %(job)s
     and (%(layer)s::uuid is null or dependent_layer_id is null or dependent_layer_id = %(layer)s::uuid)
     and (%(task)s::uuid is null or dependent_task_id is null or dependent_task_id = %(task)s::uuid)
   limit 10000
)
select count(*) as n, on_job.name as job, on_layer.name as layer, min(on_task.name) as task, own.on_task_id is not null as is_task,
       coalesce(min(layer_left.total - layer_left.succeeded - layer_left.eaten),
                min(job_left.total - job_left.succeeded - job_left.eaten)) as undone,
       coalesce(min(layer_left.dead), min(job_left.dead)) as dead, bool_or(on_job.id <> own.dependent_job_id) as is_other
  from own
  join plow.job as on_job on on_job.id = own.on_job_id
  join plow.job_counter as job_left on job_left.job_id = on_job.id
  left join plow.layer as on_layer on on_layer.id = own.on_layer_id
  left join plow.layer_counter as layer_left on layer_left.layer_id = on_layer.id
  left join plow.task as on_task on on_task.id = own.on_task_id
 group by on_job.id, on_job.name, on_layer.id, on_layer.name, own.on_task_id is not null
 order by n desc, on_job.name, on_layer.name
 limit 5;

-- name: explain_task
-- before: ready tasks of the layer that come first.
select task.id, task.name, task.state, task.depend_count, task.retries, task.failures, layer.max_retries, task.exit_status,
       task.exit_signal, task.last_node, plow.ms(task.started) as started, waiting.ord is not null as is_ready,
       (select count(*) from plow.waiting as first
         where first.layer_id = task.layer_id and first.ord >= counter.next_ord and first.ord < task.ord) as before,
       node.name as node, proc.state as proc_state, proc.cores, proc.ram, last.end_reason, last.reason,
       plow.ms(later.until) as later
  from plow.task
  join plow.layer on layer.id = task.layer_id
  join plow.layer_counter as counter on counter.layer_id = task.layer_id
  left join plow.waiting on waiting.layer_id = task.layer_id and waiting.ord = task.ord
  left join plow.later on later.task_id = task.id
  left join plow.proc on proc.task_id = task.id
  left join plow.node on node.id = proc.node_id
  left join lateral (
    select end_reason, reason from plow.attempt where attempt.task_id = task.id order by stopped desc limit 1) as last on true
 where task.id = %(task)s;

-- name: explain_node
select node.id, node.name, node.state, node.state_reason, cluster.name as cluster,
       plow.closed_by(node, report, cluster.is_locked) as closed, report.away_reason, shut.why as uncallable,
       pause.why as paused_why, plow.ms(pause.until) as paused_until, plow.ms(plow.now()) as now,
       counter.cores, counter.ram, counter.idle_cores, counter.idle_ram, counter.run_procs,
       plow.reservation_of(node) as kept, plow.ms(report.updated) as heard
  from plow.node
  join plow.cluster on cluster.id = node.cluster_id
  join plow.node_counter as counter on counter.node_id = node.id
  left join plow.node_report as report on report.node_id = node.id
  left join plow.uncallable as shut on shut.node_id = node.id and shut.is_shut
  left join plow.node_pause as pause on pause.node_id = node.id and pause.until > plow.now()
 where node.id = %(node)s;

-- name: explain_waiting_layers
-- Layers with something ready that the same rules keep from a node, together, with the first of them by age.
select pair.codes, count(*) as n, (array_agg(pair.layer_id order by pair.layer_id))[1] as layer_id
  from plow.explain_pairs(null, array[%(node)s::uuid]) as pair
 group by pair.codes;
