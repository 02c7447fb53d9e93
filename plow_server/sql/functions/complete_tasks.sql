-- complete_tasks(procs, statuses, signals, ends, reasons, …) returns a row for each attempt ended now
-- Ends attempts, whatever the reason: a result from the node, a proc that the node does not hold, a lost node,
-- a booking that the node never took. Entry i is about procs[i]; unknown and repeated procs return no row.
--
-- What becomes of the task of a live proc:
--   EXITED with status 0 and no signal           -> SUCCEEDED
--   EXITED otherwise, MEMORY, NOT_STARTED        -> WAITING, or DEAD after the layer's max_retries failures
--   LOST, SHUTDOWN, NODE_LOST, KILLED            -> WAITING at no cost, or DEAD after 10 losses
--   ABORTED (never taken by the node)            -> WAITING, the attempt's number is given back, no history
-- The task of a KILLING proc has moved on already; if it is WAITING it becomes ready now.
-- A job with nothing left to do is finished. Work that waits for what succeeded is queued (depend_queue).
-- Locks: quota, folder, job, layer, node counters.
-- Changes: proc, proc_use, task, waiting, attempt, layer_stat, job_stat, job, depend_queue, all counters.
-- Raises: 40001 where a job changed its folder meanwhile (the caller repeats); Invalid for ragged arrays.
create or replace function plow.complete_tasks(
  p_proc uuid[], p_status int[], p_signal int[], p_end plow.attempt_end[], p_reason text[],
  p_high_ram int[], p_high_cores float8[], p_clock_ms bigint[], p_cpu_ms bigint[], p_ring boolean default true
)
returns table (
  proc_id uuid, task_id uuid, layer_id uuid, job_id uuid, folder_id uuid, quota_id uuid, node_id uuid,
  cores int, ram int, task_state plow.task_state, is_ready boolean, job_finished boolean, has_dependents boolean
) language plpgsql as $$
#variable_conflict use_column
declare
  v_ended plow.ended_attempt[];
  v_state plow.task_state;
  v_task uuid[];
  v_done uuid[];
  v_finished uuid[];
  v_queued boolean;
begin
  if num_nulls(p_proc, p_status, p_signal, p_end, p_reason, p_high_ram, p_high_cores, p_clock_ms, p_cpu_ms) > 0
     or not cardinality(p_proc) = all (array[
       cardinality(p_status), cardinality(p_signal), cardinality(p_end), cardinality(p_reason),
       cardinality(p_high_ram), cardinality(p_high_cores), cardinality(p_clock_ms), cardinality(p_cpu_ms)]) then
    raise exception 'results need as many values of each kind as procs' using errcode = 'PW003';
  end if;

  v_ended := plow.take_ended(p_proc, p_status, p_signal, p_end, p_reason, p_high_ram, p_high_cores, p_clock_ms, p_cpu_ms);
  if cardinality(v_ended) = 0 then
    return;
  end if;

  perform plow.keep_history(v_ended);
  for v_state, v_task in
    select e.next_state, array_agg(e.task_id) from unnest(v_ended) as e group by e.next_state
  loop
    perform plow.move_tasks(v_task, v_state);
  end loop;
  v_queued := plow.queue_dependents(array(select e.task_id from unnest(v_ended) as e where e.verdict = 'success'));
  v_done := array(
    select c.job_id from plow.job_counter as c
     where c.job_id in (select e.job_id from unnest(v_ended) as e) and c.succeeded + c.eaten = c.total);
  v_finished := array(select done from unnest(v_done) as done where plow.finish_job(done, ''));
  if p_ring then
    perform pg_notify('plow_farm', '');
  end if;

  return query
  select e.proc_id, e.task_id, e.layer_id, e.job_id, e.folder_id, e.quota_id, e.node_id, e.cores, e.ram,
         task.state, task.state = 'WAITING' and job.state <> 'FINISHED',
         e.job_id = any(v_finished), v_queued or cardinality(v_finished) > 0
    from unnest(v_ended) as e
    join plow.task on task.id = e.task_id
    join plow.job on job.id = e.job_id;
end
$$;
