-- A day of the farm, to be simulated again.

-- name: past_work
-- Layers whose attempts started on a day, of at most so many attempts, with how each went, in its order: a task's last
-- attempt of the day is its end, whatever came of it. A layer that waits for others came when it first started, any
-- other with its job.
with one as (
  select attempt.layer_id, attempt.job_id, attempt.cores, attempt.started,
         extract(epoch from attempt.stopped - attempt.started)::float8 as clock_s,
         lead(attempt.started) over (partition by attempt.task_id order by attempt.started) is not null as again
    from plow.attempt
   where attempt.stopped >= %(day)s::date and attempt.stopped < %(day)s::date + %(most_days)s::int
     and attempt.started >= %(day)s::date and attempt.started < %(day)s::date + 1
     and attempt.end_reason not in ('NOT_STARTED', 'ABORTED')
   order by attempt.started
   limit %(most)s
),
work as (
  select layer_id, job_id, min(started) as first, sum((not again)::int)::int as ready,
         array_agg(clock_s order by started) as clocks, array_agg(again order by started) as agains,
         array_agg(cores order by started) as booked
    from one group by layer_id, job_id
)
select work.layer_id::text as id, work.job_id::text as job_id, work.ready, work.clocks, work.agains, work.booked,
       greatest(extract(epoch from case when waits.it then work.first else least(job.created, work.first) end - %(day)s::date), 0)
         ::float8 as at_s,
       extract(epoch from job.created)::float8 as age, job.project_id::text, job.folder_id::text, job.priority,
       job.min_cores as job_min_cores, job.max_cores as job_max_cores, job.username,
       layer.tags, layer.min_cores, plow.asked_ram(layer) as ram, layer.sort_order, 0 as next_ord, layer.priority as layer_priority,
       layer.pools, layer.os, layer.node_cores, layer.node_ram, layer.whole_node, layer.gpus, layer.gpu_ram, layer.limits,
       layer.max_per_node, case when layer.threadable then layer.max_cores else 0 end as max_cores,
       layer.predicted_clock_ms / 1000.0::float8 as clock_s
  from work
  join plow.job on job.id = work.job_id
  join plow.layer on layer.id = work.layer_id
 cross join lateral (
   select exists (select from plow.depend
                   where depend.dependent_layer_id = layer.id
                      or depend.dependent_job_id = job.id and depend.dependent_layer_id is null) as it) as waits
 order by at_s, age, job.id, layer.sort_order

-- name: past_count
-- How many attempts started on a day.
select count(*)
  from plow.attempt
 where attempt.stopped >= %(day)s::date and attempt.stopped < %(day)s::date + %(most_days)s::int
   and attempt.started >= %(day)s::date and attempt.started < %(day)s::date + 1
   and attempt.end_reason not in ('NOT_STARTED', 'ABORTED')

-- name: all_limits
select l.id, l.per, l.total - l.held_back as free from plow.limit as l
