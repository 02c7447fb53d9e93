-- room_for_layers(project, layers) returns a row for each layer: on how many nodes its tasks could run
-- Layers are objects with place and any columns of plow.layer that place_for looks at. tagged: nodes with one of its
-- tags, of which the largest have most_cores and most_ram; fitting: those where a task fits; ready: of these, those that
-- take work now. Of the fitting ones, with_quota are in clusters where the project has a quota, and payable where that is
-- unlocked and not smaller than one task. clusters are the names of those with fitting nodes. ram: what a task is booked
-- with. rules: for each rule the nodes that it is the first to refuse, of those that need no job to be asked, in the
-- order of explain_pairs; with the largest sizes among them.
create or replace function plow.room_for_layers(p_project uuid, p_layers jsonb)
returns table (
  place int, tagged bigint, fitting bigint, ready bigint, with_quota bigint, payable bigint, most_cores int, most_ram int,
  clusters text[], ram int, rules jsonb
) language sql stable as $$
  with
  given as materialized (
    select (spec ->> 'place')::int as place, dense_rank() over (order by spec - '{place,name,service}'::text[]) as shape, spec
      from jsonb_array_elements(p_layers) as spec
  ),
  shape as (
    select distinct on (shape) shape as number, jsonb_populate_record(null::plow.layer, plow.plain_layer() || spec) as layer
      from given order by shape
  ),
  -- Nodes that are alike are looked at once: a farm of thousands has a few kinds.
  kind as materialized (
    select (array_agg(node))[1] as node, node.cluster_id, node.tags, counter.cores, counter.ram, coalesce(report.os, '') as os,
           plow.gpus_of(node.id) as gpus, state.closed, min(node.name) as name, count(*) as n
      from plow.node
      join plow.cluster on cluster.id = node.cluster_id
      join plow.node_counter as counter on counter.node_id = node.id
      left join plow.node_report as report on report.node_id = node.id
      left join plow.uncallable as shut on shut.node_id = node.id and shut.is_shut
     cross join lateral (
       select coalesce(plow.closed_by(node, report, cluster.is_locked), case when shut.is_shut then 'uncallable' end))
       as state (closed)
     group by node.cluster_id, node.tags, node.slot_mode, node.slot_cores, node.slot_ram, counter.cores, counter.ram,
              state.closed, node.pools, node.exclusive_pools, 6, 7
  ),
  payer as (
    select cluster.id, cluster.name, quota.id is not null as has_quota, quota.is_locked,
           case when quota.is_locked then 0 else coalesce(counter.burst, 0) end as burst
      from plow.cluster
      left join plow.quota on quota.cluster_id = cluster.id and quota.project_id = p_project
      left join plow.quota_counter as counter on counter.quota_id = quota.id
  ),
  judged as materialized (
    select shape.number, kind.n, kind.name, kind.cores, kind.ram,
           array(select memory from unnest(kind.gpus) as memory where memory >= (shape.layer).gpu_ram) as gpus, kind.closed, payer.name as cluster,
           payer.has_quota, payer.burst, (shape.layer).tags && kind.tags as is_tagged, space.cores as task_cores,
           space.ram as task_ram, space.refused = '{}' as fits,
           coalesce(kind.closed,
                    case when not payer.has_quota then 'quota_missing' when payer.is_locked then 'quota_locked' end,
                    space.refused[1],
                    case when space.cores > payer.burst then 'quota_burst' end) as code
      from shape
     cross join kind
      join payer on payer.id = kind.cluster_id
     cross join lateral plow.place_for(
       kind.node, kind.cores, kind.ram, kind.gpus, kind.os, shape.layer) as space
  ),
  room as (
    select number, sum(n)::bigint as tagged, sum(n) filter (where fits)::bigint as fitting,
           sum(n) filter (where fits and closed is null)::bigint as ready,
           sum(n) filter (where fits and has_quota)::bigint as with_quota,
           sum(n) filter (where fits and task_cores <= burst)::bigint as payable,
           max(cores) as most_cores, max(ram) as most_ram,
           array_agg(distinct cluster order by cluster) filter (where fits) as clusters
      from judged
     where is_tagged
     group by number
  ),
  refused as (
    select number, jsonb_agg(to_jsonb(refusal) - 'number') as rules
      from (select number, code, sum(n)::int as n, min(name) as name, min(cluster) as cluster, max(cores) as cores,
                   max(ram) as ram, max(cardinality(gpus)) as gpus, min(task_cores) as task_cores, min(task_ram) as task_ram,
                   0 as quota_cores, max(burst) as burst
              from judged where code is not null group by number, code) as refusal
     group by number
  )
  select given.place, coalesce(room.tagged, 0), coalesce(room.fitting, 0), coalesce(room.ready, 0),
         coalesce(room.with_quota, 0), coalesce(room.payable, 0), coalesce(room.most_cores, 0),
         coalesce(room.most_ram, 0), coalesce(room.clusters, '{}'), plow.asked_ram(shape.layer),
         coalesce(refused.rules, '[]')
    from given
    join shape on shape.number = given.shape
    left join room on room.number = given.shape
    left join refused on refused.number = given.shape
   order by given.place
$$;
