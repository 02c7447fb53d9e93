-- explain_pairs(layers, nodes) returns a row for each layer and node: which rules refuse the next task there now
-- A null array stands for all nodes, or for all layers that have ready tasks. Without any code commit_plan would book
-- it, given that the layer has something ready and nothing holds its job (held_by). The predicates are commit_plan's,
-- its sums over a plan are comparisons here. Codes stand in one order, for each node counts at the first:
--   whether the node takes anything   closed_by; uncallable; refusing, which the leader decides alone (node_pause)
--   whether the project may pay       quota_missing, quota_locked
--   whether it suits, whatever runs   place_for
--   whether it may now                busy_by
--   whether a cap has room            quota_burst, folder_cap, job_cap; headroom; limit
--   whether the node has room         room_cores, room_ram, room_gpus; of what it has at all (else: cores, ram, gpus)
-- cores and ram are what one task takes there.
create or replace function plow.explain_pairs(p_layer uuid[], p_node uuid[])
returns table (layer_id uuid, node_id uuid, codes text[], cores int, ram int) language sql stable as $$
  with moment as materialized (
    select plow.now() as now
  )
  select layer.id, node.id,
         array_remove(array[
           plow.closed_by(node, report, cluster.is_locked), case when 'uncallable' = any(busy.refused) then 'uncallable' end,
           case when exists (select from plow.node_pause as pause where pause.node_id = node.id and pause.until > moment.now)
                then 'refusing' end,
           case when quota.id is null then 'quota_missing' when quota.is_locked then 'quota_locked' end], null)
         || space.refused || array_remove(busy.refused, 'uncallable')
         || array_remove(array[
           case when space.cores > share.burst - share.run_cores then 'quota_burst' end,
           case when folder.max_cores <> -1 and space.cores > folder.max_cores - folder_counter.run_cores then 'folder_cap' end,
           case when job.max_cores <> -1 and space.cores > job.max_cores - job_counter.run_cores then 'job_cap' end,
           case when space.cores > share.burst - share.run_cores - headroom.of_quota and headroom.of_quota > 0
                  or folder.max_cores <> -1 and headroom.of_folder > 0
                     and space.cores > folder.max_cores - folder_counter.run_cores - headroom.of_folder
                  or job.max_cores <> -1 and headroom.of_job > 0
                     and space.cores > job.max_cores - job_counter.run_cores - headroom.of_job then 'headroom' end,
           case when layer.limits <> '{}' and not plow.limits_left(layer.limits, node.id, job.username, moment.now) then 'limit' end,
           case when space.cores > counter.idle_cores and space.cores <= counter.cores then 'room_cores' end,
           case when space.ram > counter.idle_ram and space.ram <= counter.ram then 'room_ram' end,
           case when layer.gpus > 0 and not 'gpus' = any(space.refused)
                 and cardinality(plow.idle_gpus(node.id, layer.gpu_ram)) < layer.gpus then 'room_gpus' end],
           null),
         space.cores, space.ram
    from moment
   cross join plow.layer
    join plow.layer_counter on layer_counter.layer_id = layer.id
    join plow.job on job.id = layer.job_id
    join plow.job_counter on job_counter.job_id = job.id
    join plow.folder on folder.id = job.folder_id
    join plow.folder_counter on folder_counter.folder_id = folder.id
   cross join plow.node
    join plow.node_counter as counter on counter.node_id = node.id
    join plow.cluster on cluster.id = node.cluster_id
    left join plow.node_report as report on report.node_id = node.id
    left join plow.quota on quota.project_id = job.project_id and quota.cluster_id = node.cluster_id
    left join plow.quota_counter as share on share.quota_id = quota.id
   cross join lateral (
     select place.cores, place.ram, place.refused
       from plow.place_for(node, counter.cores, counter.ram, case when layer.gpus > 0 then plow.gpus_of(node.id) end,
                           report.os, layer) as place
     offset 0) as space  -- offset: each is worked out once, not wherever it is named
   cross join lateral (select refused from plow.busy_by(node.id, layer, moment.now) offset 0) as busy
   cross join lateral plow.kept_headroom(job, layer, quota.id, moment.now) as headroom
   where (layer.id = any(p_layer)
          or p_layer is null and job.state <> 'FINISHED' and layer_counter.ready > 0 and plow.held_by(job, moment.now) is null)
     and (p_node is null or node.id = any(p_node))
$$;
