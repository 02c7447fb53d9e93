-- Who changed what, and what happened in which order.

-- name: say_deed
select set_config('plow.deed', %(deed)s, true), set_config('plow.actor', %(actor)s, true);

-- name: event_numbers
-- As number_events says them, without giving any.
select last, cleared from plow.event_counter;

-- Numbers have no gaps: the first so many are those up to since + most. since is not below what was cleared.
-- name: events_since
select row.first + place - 1 as sequence, plow.ms(row.time) as time, row.noun, item.id as object_id, row.change,
       row.old as old_value, row.new as new_value, row.job_id
  from (select * from plow.event
         where last > %(since)s and first <= %(since)s + %(most)s order by last limit %(most)s) as row
 cross join lateral unnest(coalesce(row.tasks, array[row.object_id])) with ordinality as item (id, place)
 where row.first + place - 1 > %(since)s
 order by 1
 limit %(most)s;

-- A task's history has the commands that moved it with others of its layer, a job's that of its layers and tasks.
-- name: history_of
with layer as materialized (
  select layer_id from plow.task where id = %(object)s
)
select id, plow.ms(time) as time, actor, is_proven, client, call, reason, code,
       case when is_own then 'task' else noun end as noun,
       case when is_own then %(object)s::uuid::text else coalesce(object_id::text, '') end as object_id,
       case when tasks is null or is_own then field else 'task_state' end as field,
       case when tasks is null or is_own then '' else cardinality(tasks) || ' x ' end || old as old_value,
       case when tasks is null or is_own then '' else cardinality(tasks) || ' x ' end || new as new_value
  from (
    (select *, false as is_own from plow.blame where object_id = %(object)s and id < %(before)s order by id desc limit %(most)s)
    union
    (select *, false from plow.blame where job_id = %(object)s and id < %(before)s order by id desc limit %(most)s)
    union
    (select *, true from plow.blame
      where object_id = (select layer_id from layer) and tasks @> array[%(object)s::uuid] and id < %(before)s
      order by id desc limit %(most)s)
  ) as found
 order by id desc
 limit %(most)s;

-- name: prediction_quality
-- By service, over the last days; medians are of the newest attempts of each day.
select day.service as serv, sum(day.attempts)::int as attempts, coalesce(ram.median, 0) as median_ram_ratio,
       sum(day.within_ram)::float8 / sum(day.attempts) as within_ram, coalesce(clock.median, 0) as median_clock_ratio,
       sum(day.killed_for_memory)::int as killed_for_memory
  from plow.prediction_quality as day
  left join lateral (
    select percentile_cont(0.5) within group (order by ratio) as median
      from plow.prediction_quality as q cross join lateral unnest(q.ram_ratios) as ratio
     where q.service = day.service and q.day > (plow.now() at time zone 'UTC')::date - %(days)s::int) as ram on true
  left join lateral (
    select percentile_cont(0.5) within group (order by ratio) as median
      from plow.prediction_quality as q cross join lateral unnest(q.clock_ratios) as ratio
     where q.service = day.service and q.day > (plow.now() at time zone 'UTC')::date - %(days)s::int) as clock on true
 where day.day > (plow.now() at time zone 'UTC')::date - %(days)s::int
 group by day.service, ram.median, clock.median
 order by attempts desc, day.service;
