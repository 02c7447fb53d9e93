-- soonest_room(layer, now, node) returns a row for each node that may run the layer: from when on there is room for a task
-- As far as is known of what runs there: an attempt ends when it is predicted to; one past its time is taken to run as
-- long again as it has, one of unknown length too, and at least ten minutes. Nodes that are kept for others are left out.
-- With a node, of that one alone.
-- Changes: nothing.
create or replace function plow.soonest_room(p_layer plow.layer, p_now timestamptz, p_node uuid default null)
returns table (node_id uuid, cores int, ram int, starts timestamptz) language sql stable as $$
  with
  able as (
    select node.id, space.cores, space.ram, counter.idle_cores, counter.idle_ram,
           case when p_layer.gpus > 0 then cardinality(plow.idle_gpus(node.id, p_layer.gpu_ram)) else 0 end as idle_gpus
      from plow.node
      join plow.node_counter as counter on counter.node_id = node.id
      join plow.node_report as report on report.node_id = node.id
      join plow.cluster on cluster.id = node.cluster_id
      join plow.job on job.id = p_layer.job_id
      join plow.quota on quota.cluster_id = node.cluster_id and quota.project_id = job.project_id and not quota.is_locked
      join plow.quota_counter as share on share.quota_id = quota.id
     cross join lateral plow.place_for(
       node, counter.cores, counter.ram, case when p_layer.gpus > 0 then plow.gpus_of(node.id) end, report.os, p_layer)
       as space
     cross join lateral plow.busy_by(node.id, p_layer, p_now) as busy
     where (p_node is null or node.id = p_node) and space.refused = '{}' and plow.takes_work(node, report, cluster.is_locked) and space.cores <= share.burst
       and busy.refused <@ '{per_node}'
  ),
  leaving as (
    select able.id, proc.cores, proc.ram, cardinality(proc.gpus) as gpus, proc.id as proc_id,
           case when proc.predicted_clock_ms is null then p_now + greatest(p_now - proc.created, interval '10 minutes')
                when proc.created + proc.predicted_clock_ms * interval '1 ms' > p_now
                then proc.created + proc.predicted_clock_ms * interval '1 ms'
                else p_now + (p_now - proc.created) end as ends
      from able join plow.proc on proc.node_id = able.id
  ),
  step as (
    select able.id, p_now as at, 0 as freed_cores, 0 as freed_ram, 0 as freed_gpus from able
    union all
    select id, ends, (sum(cores) over passing)::int, (sum(ram) over passing)::int, (sum(gpus) over passing)::int
      from leaving
    window passing as (partition by id order by ends, proc_id)
  )
  select able.id, able.cores, able.ram, min(step.at)
    from able join step on step.id = able.id
   where able.idle_cores + freed_cores >= able.cores and able.idle_ram + freed_ram >= able.ram
     and able.idle_gpus + freed_gpus >= p_layer.gpus
   group by able.id, able.cores, able.ram
$$;
