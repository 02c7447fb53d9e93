-- The farm's counters, as the planner wants them: no task rows. A paused job, a locked node and the like are
-- left out; whoever changes that rings the bell. A job whose time has not come is left out, too: farm_next_start
-- says when to look again.

-- name: farm_node
select node.id, node.cluster_id, node.tags, counter.cores, counter.ram, counter.idle_cores, counter.idle_ram,
       node.slot_mode, node.slot_cores, node.slot_ram
  from plow.node
  join plow.cluster on cluster.id = node.cluster_id
  join plow.node_counter as counter on counter.node_id = node.id
  join plow.node_report as report on report.node_id = node.id
 where plow.takes_work(node, report.is_draining, cluster.is_locked)
 order by counter.idle_cores

-- name: farm_quota
select quota.id, quota.project_id, quota.cluster_id, quota.size, counter.burst, counter.run_cores
  from plow.quota join plow.quota_counter as counter on counter.quota_id = quota.id
 where not quota.is_locked

-- name: farm_folder
select folder.id, folder.min_cores, folder.max_cores, counter.run_cores
  from plow.folder join plow.folder_counter as counter on counter.folder_id = folder.id

-- name: farm_job
select job.id, job.project_id, job.folder_id, job.min_cores, job.max_cores, counter.run_cores,
       extract(epoch from job.created)::float8 as age, job.priority
  from plow.job join plow.job_counter as counter on counter.job_id = job.id
 where job.state <> 'FINISHED' and job.state = 'RUNNING' and not job.paused
   and (job.start_after is null or job.start_after <= plow.now())

-- name: farm_layer
select layer.id, layer.job_id, layer.tags, layer.min_cores, layer.min_ram, layer.sort_order,
       layer.priority, counter.ready, counter.next_ord
  from plow.job
  join plow.layer on layer.job_id = job.id
  join plow.layer_counter as counter on counter.layer_id = layer.id
 where job.state <> 'FINISHED' and job.state = 'RUNNING' and not job.paused
   and (job.start_after is null or job.start_after <= plow.now())
   and counter.succeeded + counter.eaten < counter.total

-- name: farm_next_start
-- Seconds until the next job's time comes; null where none is to come.
select extract(epoch from min(start_after) - plow.now())::float8
  from plow.job
 where state <> 'FINISHED' and state = 'RUNNING' and not paused and start_after > plow.now()
