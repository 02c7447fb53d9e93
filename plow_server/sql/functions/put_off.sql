-- put_off(ended attempts) returns void
-- A task that failed and is tried again waits first, where its layer says so (retry_delay_s): so long after the first
-- failure, twice as long after each further one, at most retry_most_s. Until then it has no row in plow.waiting, so
-- nobody who books has to look at it; release_later brings it back.
-- Locks: nothing; the caller holds the locks of the layers, and moves the tasks afterwards.  Changes: later.
create or replace function plow.put_off(p_ended plow.ended_attempt[]) returns void language sql as $$
  insert into plow.later (task_id, layer_id, job_id, until)
  select e.task_id, e.layer_id, e.job_id,
         e.stopped + make_interval(secs => least(layer.retry_delay_s * 2.0 ^ least(task.failures - 1, 30), layer.retry_most_s))
    from unnest(p_ended) as e
    join plow.layer on layer.id = e.layer_id and layer.retry_delay_s > 0
    join plow.task on task.id = e.task_id
   where e.verdict = 'failure' and e.next_state = 'WAITING'
  on conflict (task_id) do update set until = excluded.until
$$;
