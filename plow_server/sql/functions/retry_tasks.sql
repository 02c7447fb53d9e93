-- retry_tasks(tasks, reason, states) returns int, how many are queued again
-- Queues tasks again with a fresh budget, whatever their state; running ones are stopped first. Tasks of finished
-- jobs stay as they are.
-- With states, only those that are in one of them once the locks are held.
-- Locks: job and layer counters.  Changes: proc, task, waiting, counters of tasks.  Rings: plow_kill, plow_farm.
create or replace function plow.retry_tasks(
  p_task uuid[], p_reason text, p_state plow.task_state[] default null
) returns int language plpgsql as $$
declare
  v_task uuid[] := plow.lock_tasks(p_task, p_state);
begin
  v_task := array(
    select task.id from plow.task join plow.job on job.id = task.job_id and job.state <> 'FINISHED'
     where task.id = any(v_task));
  perform plow.stop_tasks(v_task, 'WAITING', 670, p_reason);
  update plow.task set failures = 0, losses = 0 where id = any(v_task) and (failures, losses) <> (0, 0);
  perform plow.move_tasks(
    array(select id from plow.task where id = any(v_task) and state not in ('WAITING', 'DEPEND')), 'WAITING');
  perform pg_notify('plow_farm', '');
  return cardinality(v_task);
end
$$;
