-- The farm's counters, as the planner wants them: no task rows. A paused job, a locked node and the like are
-- left out; whoever changes that rings the bell. A job whose time has not come is left out, too, and a
-- layer that is held back: farm_next_start says when to look again.

-- name: farm_node
select node.id, node.cluster_id, node.tags, counter.cores, counter.ram, counter.idle_cores, counter.idle_ram,
       node.slot_mode, node.slot_cores, node.slot_ram, node.pools, node.exclusive_pools, coalesce(report.os, '') as os,
       device.gpus, device.taken, kept.layer_id as kept_for,
       extract(epoch from kept.starts - plow.now())::float8 as kept_from_s
  from plow.node
  join plow.cluster on cluster.id = node.cluster_id
  join plow.node_counter as counter on counter.node_id = node.id
  join plow.node_report as report on report.node_id = node.id
  left join (
    select node_id, jsonb_object_agg(index, memory) as gpus, array_agg(index) filter (where proc_id is not null) as taken
      from plow.node_gpu where is_present group by node_id) as device on device.node_id = node.id
  left join plow.reservation as kept on kept.node_id = node.id and kept.kept_until > plow.now()
 where plow.takes_work(node, report, cluster.is_locked)
   and not exists (select from plow.uncallable as shut where shut.node_id = node.id and shut.is_shut)
 order by counter.idle_cores

-- name: farm_quota
select quota.id, quota.project_id, quota.cluster_id, quota.size, counter.burst, counter.run_cores,
       plow.used_now(counter, setting.half_life_s, plow.now()) * ln(2) / setting.half_life_s as lately
  from plow.quota join plow.quota_counter as counter on counter.quota_id = quota.id
 cross join plow.share_setting as setting
 where not quota.is_locked

-- name: farm_folder
select folder.id, folder.min_cores, folder.max_cores, counter.run_cores
  from plow.folder join plow.folder_counter as counter on counter.folder_id = folder.id

-- name: farm_job
select job.id, job.project_id, job.folder_id, job.min_cores, job.max_cores, counter.run_cores,
       extract(epoch from job.created)::float8 as age, job.priority, job.username as user
  from plow.job join plow.job_counter as counter on counter.job_id = job.id
 where job.state <> 'FINISHED' and job.state = 'RUNNING' and not job.paused
   and (job.start_after is null or job.start_after <= plow.now())

-- name: farm_layer
select layer.id, layer.job_id, layer.tags, layer.min_cores, plow.asked_ram(layer) as ram, layer.sort_order,
       layer.priority, counter.ready, counter.next_ord, held.nodes as avoid, shunned.nodes as shunned, layer.pools,
       layer.os, layer.node_cores, layer.node_ram, layer.whole_node, layer.gpus, layer.gpu_ram, layer.limits,
       layer.max_per_node, case when layer.threadable then layer.max_cores else 0 end as max_cores,
       layer.predicted_clock_ms / 1000.0::float8 as clock_s, crowd.procs as crowd
  from plow.job
  join plow.layer on layer.job_id = job.id
  join plow.layer_counter as counter on counter.layer_id = layer.id
  left join (
    select layer_id, bool_or(node_id is null) as anywhere, array_remove(array_agg(node_id), null) as nodes
      from plow.retry_wait where until > plow.now() group by layer_id) as held on held.layer_id = layer.id
  left join (
    select job_id, array_agg(node_id) as nodes
      from plow.avoid where until > plow.now() group by job_id) as shunned on shunned.job_id = job.id
  left join lateral (
    select jsonb_object_agg(node_id, n) as procs
      from (select node_id, count(*) as n from plow.proc
             where proc.layer_id = layer.id and layer.max_per_node > 0 group by node_id) as here) as crowd
    on layer.max_per_node > 0 and counter.run_procs > 0
 where job.state <> 'FINISHED' and job.state = 'RUNNING' and not job.paused
   and (job.start_after is null or job.start_after <= plow.now())
   and counter.succeeded + counter.eaten < counter.total
   and not coalesce(held.anywhere, false)

-- name: farm_limit
select l.id, l.per, case when counter.not_before > plow.now() then -1 else l.total - l.held_back - counter.used end as free,
       (select jsonb_object_agg(holder, procs) from plow.limit_use where limit_use.limit_id = l.id) as holders
  from plow.limit as l join plow.limit_counter as counter on counter.limit_id = l.id

-- name: farm_headroom
-- free_of: layers that do not leave it free, for a node is kept for them.
select kept.project_id, kept.quota_id, job.folder_id, kept.job_id, kept.layer_id, kept.cores,
       array(select layer_id from plow.reservation where reservation.kept_until > plow.now()) as free_of
  from plow.headroom as kept join plow.job on job.id = kept.job_id
 where kept.kept_until > plow.now()

-- name: farm_next_start
-- Seconds until a job's time comes, a layer is let go, a limit or a node is tried again, or a node or cores under caps
-- were kept for long enough (has_lapsed, headroom_lapsed);
-- null where there is nothing to wait for.
select extract(epoch from least(
         (select min(start_after) from plow.job
           where state <> 'FINISHED' and state = 'RUNNING' and not paused and start_after > plow.now()),
         (select min(until) from plow.retry_wait where until > plow.now()),
         (select min(until) from plow.avoid where until > plow.now()),
         (select min(until) from plow.later where until > plow.now()),
         (select min(not_before) from plow.limit_counter where not_before > plow.now()),
         (select min(kept_until) - interval '5 seconds' from plow.reservation
           where kept_until > plow.now() + interval '5 seconds'),
         (select min(kept_until) - interval '5 seconds' from plow.headroom
           where kept_until > plow.now() + interval '5 seconds')) - plow.now())::float8

-- name: farm_lapsed
select layer_id from plow.reservation where plow.has_lapsed(reservation, plow.now())

-- name: farm_headroom_lapsed
select layer_id from plow.headroom where plow.headroom_lapsed(headroom, plow.now())

-- name: set_share_half_life
update plow.share_setting set half_life_s = %(half_life_s)s where half_life_s <> %(half_life_s)s

-- name: set_failure_rules
update plow.failure_setting
   set avoid_after = %(avoid_after)s, avoid_first_s = %(avoid_first_s)s, avoid_most_s = %(avoid_most_s)s,
       node_failures = %(node_failures)s, node_jobs = %(node_jobs)s, nodes_most_percent = %(nodes_most_percent)s,
       job_failures = %(job_failures)s, job_nodes = %(job_nodes)s, poison_nodes = %(poison_nodes)s,
       final_ends = %(final_ends)s::text[]::plow.attempt_end[]

-- name: tell_pause
-- Nothing is planned for a node that refused a start or could not be called; explain says so.
insert into plow.node_pause (node_id, until, why)
select node.id, plow.now() + make_interval(secs => %(seconds)s), %(why)s from plow.node where node.id = %(node)s
on conflict (node_id) do update set until = excluded.until, why = excluded.why

-- name: end_pause
delete from plow.node_pause where node_id = %(node)s
