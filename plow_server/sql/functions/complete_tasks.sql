-- complete_tasks(procs, statuses, signals, ends, reasons, …, fingerprints) returns a row for each attempt ended now
-- Ends attempts, whatever the reason: a result from the node, a proc that the node does not hold, a lost node,
-- a booking that the node never took. Entry i is about procs[i]; unknown and repeated procs return no row.
--
-- What becomes of the task of a live proc:
--   EXITED with status 0 and no signal           -> SUCCEEDED
--   MEMORY of one booked with less than its layer may ask for
--                                                -> WAITING at no cost, and booked with more (grow_ram)
--   EXITED otherwise, MEMORY else, NOT_STARTED,
--   RUN_TIME, SILENCE, LOG_ERROR                 -> WAITING, or DEAD after the layer's max_retries failures, and at once
--                                                   where its exit status, or such an end, is not tried again (is_final);
--                                                   where the layer says so it waits before that (put_off)
--   LOST, SHUTDOWN, NODE_LOST, KILLED            -> WAITING at no cost, or DEAD after 10 losses, or after so many
--                                                   different nodes that were lost under it (poison)
--   LICENSE, ENVIRONMENT                         -> the same, and its layer waits a while (hold_back)
--   LICENSE of one that used limits              -> WAITING at no cost, however often; the limits wait (hold_limits)
--   RECALLED (by the machine's user)             -> WAITING at no cost, however often
--   ABORTED (never taken by the node)            -> WAITING, the attempt's number is given back, no history
-- The task of a KILLING proc has moved on already; if it is WAITING it becomes ready now.
-- A job with nothing left to do is finished. Failures that show what is wrong with a node, or a job, keep the two apart,
-- or set it aside (note_failures). Work that waits for what succeeded is queued (depend_queue).
-- Locks: quota, folder, job (post jobs too), layer, node, limit counters; folder_done rows.
-- Changes: proc, proc_use, task, waiting, later, retry_wait, avoid, node, attempt, layer_stat, job_stat, job, depend_queue, all counters.
-- Raises: 40001 where a job changed its folder meanwhile (the caller repeats); Invalid for ragged arrays.
create or replace function plow.complete_tasks(
  p_proc uuid[], p_status int[], p_signal int[], p_end plow.attempt_end[], p_reason text[],
  p_high_ram int[], p_high_cores float8[], p_clock_ms bigint[], p_cpu_ms bigint[], p_ring boolean default true,
  p_command_index int[] default null, p_warnings int[] default null, p_failure_line text[] default null,
  p_fingerprint text[] default null
)
returns table (
  proc_id uuid, task_id uuid, layer_id uuid, job_id uuid, folder_id uuid, quota_id uuid, node_id uuid,
  cores int, ram int, task_state plow.task_state, is_ready boolean, job_finished boolean, has_dependents boolean,
  gpus int[], limits uuid[]
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

  v_ended := plow.take_ended(p_proc, p_status, p_signal, p_end, p_reason, p_high_ram, p_high_cores, p_clock_ms, p_cpu_ms,
                             p_command_index, p_warnings, p_failure_line, p_fingerprint);
  if cardinality(v_ended) = 0 then
    return;
  end if;

  -- Of jobs that are over, or may be in a moment.
  perform plow.lock_done(array(
    select distinct job.folder_id
      from unnest(v_ended) as e
      join plow.job on job.id = e.job_id
      join plow.job_counter as c on c.job_id = job.id
     where job.state = 'FINISHED' or c.succeeded + c.eaten + c.running = c.total));
  perform plow.keep_history(v_ended);
  if exists (select from unnest(v_ended) as e where e.verdict <> 'success') then
    perform plow.hold_back(v_ended);
    perform plow.grow_ram(v_ended);
    perform plow.put_off(v_ended);
  end if;
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
  perform plow.note_failures(v_ended);
  if p_ring then
    perform pg_notify('plow_farm', '');
  end if;

  return query
  select e.proc_id, e.task_id, e.layer_id, e.job_id, e.folder_id, e.quota_id, e.node_id, e.cores, e.ram,
         task.state, task.state = 'WAITING' and job.state <> 'FINISHED'
           and not exists (select from plow.later where later.task_id = task.id),
         e.job_id = any(v_finished), v_queued or cardinality(v_finished) > 0, e.gpus, e.limits
    from unnest(v_ended) as e
    join plow.task on task.id = e.task_id
    join plow.job on job.id = e.job_id;
end
$$;
