-- able_nodes(layer) returns a row for each node that takes work and would do for the layer, busy or not
-- quota_id: who pays there; cores: what a task takes. A node that the layer's job stays away from is among them.
-- Changes: nothing.
create or replace function plow.able_nodes(p_layer uuid)
returns table (node_id uuid, quota_id uuid, cores int) language sql stable as $$
  select node.id, quota.id, place.cores
    from plow.layer
    join plow.job on job.id = layer.job_id
    join plow.quota on quota.project_id = job.project_id and not quota.is_locked
    join plow.node on node.cluster_id = quota.cluster_id
    join plow.node_counter as counter on counter.node_id = node.id
    join plow.cluster on cluster.id = node.cluster_id
    left join plow.node_report as report on report.node_id = node.id
   cross join lateral plow.place_for(
     node, counter.cores, counter.ram, case when layer.gpus > 0 then plow.gpus_of(node.id) end, report.os, layer) as place
   where layer.id = p_layer
     and place.refused = '{}'
     and plow.takes_work(node, report, cluster.is_locked)
     and not exists (select from plow.uncallable as shut where shut.node_id = node.id and shut.is_shut)
$$;
