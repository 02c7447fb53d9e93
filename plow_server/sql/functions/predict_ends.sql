-- predict_ends() returns int, how many jobs were changed
-- When living jobs will be done: what is left of their running tasks and all of the others, over the cores that they have
-- now; not before the longest task that is still to run. A task takes what tasks of its layer took on average, or what
-- history says. Nothing is known where nothing is known of a layer with work left, or the job has no cores, or is paused.
-- Dead tasks are not waited for. A guess that moved by less than a twentieth of what is left stays.
-- Locks: job rows, without waiting.  Changes: job.
create or replace function plow.predict_ends() returns int language plpgsql as $$
declare
  v_now timestamptz := plow.now();
  v_job uuid[];
  v_end timestamptz[];
  v_free uuid[];
begin
  with
  layer_left as (
    select layer.job_id, counter.waiting + counter.depend as tasks, layer.min_cores,
           case when stat.n > 0 then round(stat.clock_time_avg)::bigint else layer.predicted_clock_ms end as clock_ms
      from plow.job join plow.layer on layer.job_id = job.id
      join plow.layer_counter as counter on counter.layer_id = layer.id
      join plow.layer_stat as stat on stat.layer_id = layer.id
     where job.state <> 'FINISHED' and counter.waiting + counter.depend + counter.running > 0
  ),
  waiting as (
    select job_id, bool_or(clock_ms is null) as is_unknown, sum(tasks * min_cores * clock_ms)::float8 as core_ms,
           max(clock_ms) filter (where tasks > 0)::float8 as longest_ms
      from layer_left group by job_id
  ),
  running as (
    select proc.job_id, sum(left_ms * proc.cores)::float8 as core_ms, max(left_ms)::float8 as longest_ms
      from plow.proc join plow.layer on layer.id = proc.layer_id
      join plow.layer_stat as stat on stat.layer_id = layer.id
     cross join lateral (
       select greatest(case when stat.n > 0 then stat.clock_time_avg else layer.predicted_clock_ms end
                       - extract(epoch from v_now - proc.created) * 1000, 0) as left_ms) as remaining
     where proc.state <> 'KILLING'
     group by proc.job_id
  ),
  guess as (
    select job.id, job.predicted_end as before,
           case when waiting.job_id is null or waiting.is_unknown or counter.run_cores = 0 or job.paused then null
                else v_now + greatest((waiting.core_ms + coalesce(running.core_ms, 0)) / counter.run_cores,
                                      waiting.longest_ms, running.longest_ms) * interval '1 ms' end as ends
      from plow.job
      join plow.job_counter as counter on counter.job_id = job.id
      left join waiting on waiting.job_id = job.id
      left join running on running.job_id = job.id
     where job.state <> 'FINISHED'
  )
  select array_agg(id), array_agg(ends) into v_job, v_end
    from guess
   where (before is null) <> (ends is null)
      or abs(extract(epoch from before - ends)) * 20 > extract(epoch from ends - v_now) + 20;
  v_free := array(select id from plow.job where id = any(v_job) order by id for no key update skip locked);
  update plow.job set predicted_end = told.ends
    from unnest(v_job, v_end) as told (id, ends)
   where job.id = told.id and job.id = any(v_free);
  return cardinality(v_free);
end
$$;
