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
  given as (
    select * from jsonb_to_recordset(p_layers) as layer (place int, tags text[], min_cores int, min_ram int)
  ),
  shape as (
    select distinct tags, min_cores, min_ram from given
  ),
  farm as (
    select node as node, cluster.name, counter.cores, counter.ram, quota.id is not null as has_quota,
           case when quota.is_locked then 0 else quota_counter.burst end as burst,
           plow.takes_work(node, report.is_draining, cluster.is_locked) as takes_work
      from plow.node
      join plow.cluster on cluster.id = node.cluster_id
      join plow.node_counter as counter on counter.node_id = node.id
      left join plow.node_report as report on report.node_id = node.id
      left join plow.quota on quota.cluster_id = node.cluster_id and quota.project_id = p_project
      left join plow.quota_counter on quota_counter.quota_id = quota.id
  ),
  room as (
    select shape.*, count(*) as tagged, count(*) filter (where space.fits) as fitting,
           count(*) filter (where space.fits and farm.takes_work) as ready,
           count(*) filter (where space.fits and farm.has_quota) as with_quota,
           count(*) filter (where space.fits and space.cores <= farm.burst) as payable,
           max(farm.cores) as most_cores, max(farm.ram) as most_ram,
           array_agg(distinct farm.name order by farm.name) filter (where space.fits) as clusters
      from shape
      join farm on shape.tags && (farm.node).tags
     cross join lateral plow.place_for(
       farm.node, farm.cores, farm.ram, shape.tags, shape.min_cores, shape.min_ram) as space
     group by shape.tags, shape.min_cores, shape.min_ram
  )
  select given.place, coalesce(room.tagged, 0), coalesce(room.fitting, 0), coalesce(room.ready, 0),
         coalesce(room.with_quota, 0), coalesce(room.payable, 0), coalesce(room.most_cores, 0),
         coalesce(room.most_ram, 0), coalesce(room.clusters, '{}')
    from given left join room using (tags, min_cores, min_ram)
   order by given.place
$$;
