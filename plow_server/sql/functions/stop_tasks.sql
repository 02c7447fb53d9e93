-- stop_tasks(tasks, state, signal, reason) returns int, how many ran
-- Stops the running ones of some tasks: their procs become KILLING, they themselves go to the state at once. The
-- cores stay taken until the node says that the process is gone (complete_tasks). Others are left alone.
-- Locks: nothing; the caller holds the locks of the tasks' jobs and layers.
-- Changes: proc, task, waiting, counters of tasks.  Rings: plow_kill.
create or replace function plow.stop_tasks(p_task uuid[], p_state plow.task_state, p_signal int, p_reason text)
returns int language plpgsql as $$
declare
  v_running uuid[] := array(select id from plow.task where id = any(p_task) and state = 'RUNNING');
begin
  if cardinality(v_running) = 0 then
    return 0;
  end if;
  update plow.proc set state = 'KILLING', kill_signal = p_signal, kill_reason = p_reason, stopping = plow.now()
   where task_id = any(v_running) and state <> 'KILLING';
  update plow.task set exit_status = 1, exit_signal = p_signal, stopped = plow.now() where id = any(v_running);
  perform plow.move_tasks(v_running, p_state);
  perform pg_notify('plow_kill', '');
  return cardinality(v_running);
end
$$;
