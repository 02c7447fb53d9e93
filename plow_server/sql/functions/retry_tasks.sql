-- retry_tasks(tasks, reason, states) returns int, how many are queued again
-- Queues tasks again with a fresh budget, whatever their state; running ones are stopped first. Tasks of finished
-- jobs stay as they are.
-- What is retried by hand waits for no wrapper and no licence any longer, nor do the others of its layers; and it does not
-- wait for the time of its next attempt.
-- With states, only those that are in one of them once the locks are held.
-- Locks: job and layer counters.  Changes: proc, task, waiting, later, task_loss, retry_wait, counters of tasks.  Rings: plow_kill, plow_farm.
create or replace function plow.retry_tasks(
  p_task uuid[], p_reason text, p_state plow.task_state[] default null
) returns int language plpgsql as $$
declare
  v_task uuid[] := plow.lock_tasks(p_task, p_state);
  v_late uuid[];
begin
  v_task := array(
    select task.id from plow.task join plow.job on job.id = task.job_id and job.state <> 'FINISHED'
     where task.id = any(v_task));
  perform plow.stop_tasks(v_task, 'WAITING', 670, p_reason);
  update plow.task set failures = 0, losses = 0 where id = any(v_task) and (failures, losses) <> (0, 0);
  delete from plow.task_loss where task_id = any(v_task);
  with late as (
    delete from plow.later where task_id = any(v_task) returning task_id
  )
  select array_agg(task_id) into v_late from late;
  perform plow.move_tasks(
    array(select id from plow.task where id = any(v_task) and (state not in ('WAITING', 'DEPEND') or id = any(v_late))), 'WAITING');
  delete from plow.retry_wait where layer_id in (select layer_id from plow.task where id = any(v_task));
  perform pg_notify('plow_farm', '');
  return cardinality(v_task);
end
$$;
