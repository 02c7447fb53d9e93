-- kill_job(job, reason) returns boolean, false where it was finished already
-- Ends a job: its name is free, nothing of it starts any more, its processes are stopped, its post job starts. What
-- waits for it, or in other jobs for its layers and tasks, is queued for release: the caller follows up with
-- release_dependents().
-- Locks: job and layer counters, its post job's too.  Raises: NotFound.
-- Changes: job, proc, task, waiting, counters of tasks, depend_queue.  Rings: plow_kill, plow_farm.
create or replace function plow.kill_job(p_job uuid, p_reason text) returns boolean language plpgsql as $$
begin
  if not exists (select from plow.job where id = p_job) then
    raise exception 'no job ''%''', p_job using errcode = 'PW001';
  end if;
  perform plow.lock_rows(null, null, plow.with_posts(array[p_job]), null, null, array[p_job]);
  if not plow.finish_job(p_job, p_reason) then
    return false;
  end if;
  perform plow.stop_tasks(
    array(select id from plow.task where job_id = p_job and state = 'RUNNING'), 'WAITING', 669, p_reason);
  -- Nothing of it will be done any more: whoever waits for a part of it would wait for ever.
  insert into plow.depend_queue (on_layer_id)
  select distinct on_layer_id from plow.depend
   where on_job_id = p_job and is_active and dependent_job_id <> p_job and on_layer_id is not null and on_task_id is null;
  insert into plow.depend_queue (on_task_id)
  select distinct on_task_id from plow.depend
   where on_job_id = p_job and is_active and dependent_job_id <> p_job and on_task_id is not null;
  return true;
end
$$;
