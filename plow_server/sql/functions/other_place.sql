-- other_place(layer, node) returns boolean: whether another node that takes work would do for the layer
-- Busy or not; but not one that its job stays away from. Who has nowhere else to go stays away from nothing.
-- Changes: nothing.
create or replace function plow.other_place(p_layer uuid, p_node uuid) returns boolean language sql stable as $$
  select exists (
    select
      from plow.layer
      join plow.job on job.id = layer.job_id
      join plow.quota on quota.project_id = job.project_id and not quota.is_locked
      join plow.node on node.cluster_id = quota.cluster_id and node.id <> p_node
      join plow.node_counter as counter on counter.node_id = node.id
      join plow.cluster on cluster.id = node.cluster_id
      left join plow.node_report as report on report.node_id = node.id
     cross join lateral plow.place_for(
       node, counter.cores, counter.ram, case when layer.gpus > 0 then plow.gpus_of(node.id) end, report.os, layer) as place
     where layer.id = p_layer
       and place.refused = '{}'
       and plow.takes_work(node, report, cluster.is_locked)
       and not exists (select from plow.uncallable as shut where shut.node_id = node.id and shut.is_shut)
       and not exists (select from plow.avoid
                        where avoid.job_id = job.id and avoid.node_id = node.id and avoid.until > plow.now()))
$$;
