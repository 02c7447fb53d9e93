-- kill_tasks(tasks, reason, states) returns int, how many were stopped
-- Stops running tasks and queues them again; the retry budget is not used. Others are left alone.
-- With states, only those that are in one of them once the locks are held.
-- Locks: job and layer counters.  Changes: proc, task, waiting, counters of tasks.  Rings: plow_kill.
create or replace function plow.kill_tasks(
  p_task uuid[], p_reason text, p_state plow.task_state[] default null
) returns int language plpgsql as $$
begin
  return plow.stop_tasks(plow.lock_tasks(p_task, p_state), 'WAITING', 669, p_reason);
end
$$;
