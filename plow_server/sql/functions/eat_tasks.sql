-- eat_tasks(tasks, reason, states) returns int, how many were eaten
-- Counts tasks as done without having run; running ones are stopped. What has succeeded needs no eating, and
-- tasks of finished jobs stay as they are. What waited for the eaten is queued for release: the caller follows
-- up with release_dependents(). A job with nothing left to do is finished.
-- With states, only those that are in one of them once the locks are held.
-- Locks: job and layer counters, post jobs' too; folder_done rows.
-- Changes: proc, task, waiting, counters of tasks, depend_queue, job, folder_done.  Rings: plow_kill, plow_farm.
create or replace function plow.eat_tasks(
  p_task uuid[], p_reason text, p_state plow.task_state[] default null
) returns int language plpgsql as $$
declare
  v_task uuid[] := plow.lock_tasks(p_task, p_state);
  v_done uuid[];
begin
  v_task := array(
    select task.id from plow.task join plow.job on job.id = task.job_id and job.state <> 'FINISHED'
     where task.id = any(v_task) and task.state not in ('EATEN', 'SUCCEEDED'));
  if cardinality(v_task) = 0 then
    return 0;
  end if;
  perform plow.stop_tasks(v_task, 'EATEN', 669, p_reason);
  perform plow.move_tasks(v_task, 'EATEN');
  perform plow.queue_dependents(v_task);
  v_done := array(
    select c.job_id from plow.job_counter as c
     where c.job_id in (select job_id from plow.task where id = any(v_task)) and c.succeeded + c.eaten = c.total);
  perform plow.lock_done(array(select distinct folder_id from plow.job where id = any(v_done)));
  perform plow.finish_job(done, p_reason) from unnest(v_done) as done;
  perform pg_notify('plow_farm', '');
  return cardinality(v_task);
end
$$;
