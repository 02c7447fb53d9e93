-- kill_tasks(tasks, reason) returns int, how many were stopped
-- Stops running tasks and queues them again; the retry budget is not used. Others are left alone.
-- Locks: job and layer counters.  Changes: proc, task, waiting, counters of tasks.  Rings: plow_kill.
create or replace function plow.kill_tasks(p_task uuid[], p_reason text) returns int language plpgsql as $$
begin
  perform plow.lock_tasks(p_task);
  return plow.stop_tasks(p_task, 'WAITING', 669, p_reason);
end
$$;
