-- room_for_layers(project, layers) returns a row for each layer: on how many nodes its tasks could run
-- Layers are objects with place, tags, min_cores and min_ram. tagged: nodes with one of its tags, of which the largest
-- have most_cores and most_ram; fitting: those where a task fits; ready: of these, those that take work now. Of the
-- fitting ones, with_quota are in clusters where the project has a quota, and payable where that is unlocked and not
-- smaller than one task. clusters are the names of those with fitting nodes.
create or replace function plow.room_for_layers(p_project uuid, p_layers jsonb)
returns table (
  place int, tagged bigint, fitting bigint, ready bigint, with_quota bigint, payable bigint, most_cores int, most_ram int,
  clusters text[]
) language sql stable as $$
  with
  given as materialized (
    select layer.*, dense_rank() over (order by tags, min_cores, min_ram) as shape
      from jsonb_to_recordset(p_layers) as layer (place int, tags text[], min_cores int, min_ram int)
  ),
  shape as (
    select distinct on (shape) shape as number, tags, min_cores, min_ram from given order by shape
  ),
  -- Nodes that are alike are looked at once: a farm of thousands has a few kinds.
  kind as materialized (
    select (array_agg(node))[1] as node, node.cluster_id, node.tags, counter.cores, counter.ram, ready.now as is_ready,
           count(*) as n
      from plow.node
      join plow.cluster on cluster.id = node.cluster_id
      join plow.node_counter as counter on counter.node_id = node.id
      left join plow.node_report as report on report.node_id = node.id
     cross join lateral plow.takes_work(node, report.is_draining, cluster.is_locked) as ready (now)
     group by node.cluster_id, node.tags, node.slot_mode, node.slot_cores, node.slot_ram, counter.cores, counter.ram, ready.now
  ),
  payer as (
    select cluster.id, cluster.name, quota.id is not null as has_quota,
           case when quota.is_locked then 0 else coalesce(counter.burst, 0) end as burst
      from plow.cluster
      left join plow.quota on quota.cluster_id = cluster.id and quota.project_id = p_project
      left join plow.quota_counter as counter on counter.quota_id = quota.id
  ),
  here as (  -- of each shape in each cluster
    select shape.number, payer.name, sum(n) as tagged, coalesce(sum(n) filter (where space.fits), 0) as fitting,
           coalesce(sum(n) filter (where space.fits and is_ready), 0) as ready,
           coalesce(sum(n) filter (where space.fits and has_quota), 0) as with_quota,
           coalesce(sum(n) filter (where space.fits and space.cores <= burst), 0) as payable,
           max(kind.cores) as most_cores, max(kind.ram) as most_ram
      from shape
      join kind on shape.tags && kind.tags
      join payer on payer.id = kind.cluster_id
     cross join lateral plow.place_for(
       kind.node, kind.cores, kind.ram, shape.tags, shape.min_cores, shape.min_ram) as space
     group by shape.number, payer.name
  ),
  room as (
    select number, sum(tagged)::bigint as tagged, sum(fitting)::bigint as fitting, sum(ready)::bigint as ready,
           sum(with_quota)::bigint as with_quota, sum(payable)::bigint as payable, max(most_cores) as most_cores,
           max(most_ram) as most_ram, array_agg(name order by name) filter (where fitting > 0) as clusters
      from here group by number
  )
  select given.place, coalesce(room.tagged, 0), coalesce(room.fitting, 0), coalesce(room.ready, 0),
         coalesce(room.with_quota, 0), coalesce(room.payable, 0), coalesce(room.most_cores, 0),
         coalesce(room.most_ram, 0), coalesce(room.clusters, '{}')
    from given left join room on room.number = given.shape
   order by given.place
$$;
