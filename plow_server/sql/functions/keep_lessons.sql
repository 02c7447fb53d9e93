-- keep_lessons(ended attempts) returns void
-- Leaves for learn_history what the attempts used, a row for each layer: the cost does not grow with history.
-- Changes: lesson.
create or replace function plow.keep_lessons(p_ended plow.ended_attempt[]) returns void language sql as $$
  insert into plow.lesson (job_id, layer_id, tasks, ram, cores, clock_ms, core_ms, booked, expected_ms, killed)
  select e.job_id, e.layer_id, array_agg(e.task_id), array_agg(e.high_ram), array_agg(e.high_cores), array_agg(e.clock_ms),
         array_agg(e.clock_ms * e.cores), array_agg(case when e.predicted_ram is null or e.high_ram = 0 then 0 else e.ram end),
         array_agg(coalesce(e.predicted_clock_ms, 0)), 0
    from unnest(p_ended) as e where e.verdict = 'success' group by e.job_id, e.layer_id
  union all
  select e.job_id, e.layer_id, '{}', '{}', '{}', '{}', '{}', '{}', '{}', count(*)
    from unnest(p_ended) as e where e.end_reason = 'MEMORY' and e.predicted_ram is not null group by e.job_id, e.layer_id
$$;
