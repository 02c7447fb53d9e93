-- finish_job(job, reason) returns boolean
-- Ends a job: its name is free, nothing of it is booked any more, its post job starts, and work that waits for
-- it is queued for release. Returns false where the job was finished already.
-- The reason, and who asked (plow.actor), are kept with it; work that ended by itself has neither.
-- Tasks are left as they are; whoever kills a job moves its running tasks first.
-- Locks: nothing; the caller holds the lock of the job and of its post job (with_posts), of those of its layers that have
-- ready tasks (lock_rows), and where it ends jobs of several folders, those of lock_done.
-- Changes: job, waiting, later, task_loss, layer_counter.ready, depend_queue, folder_done.  Raises: nothing.
create or replace function plow.finish_job(p_job uuid, p_reason text)
returns boolean language plpgsql as $$
begin
  update plow.job
     set state = 'FINISHED', active_name = null, stopped = plow.now(), end_reason = nullif(p_reason, ''),
         ended_by = nullif(plow.actor(), '')
   where id = p_job and state <> 'FINISHED';
  if not found then
    return false;
  end if;

  -- An array, not a join: without statistics a join reads the whole table.
  delete from plow.waiting where layer_id = any(array(select id from plow.layer where job_id = p_job));
  delete from plow.later where job_id = p_job;
  delete from plow.task_loss where job_id = p_job;
  update plow.layer_counter set ready = 0
   where layer_id = any(array(select id from plow.layer where job_id = p_job)) and ready <> 0;

  update plow.job
     set state = 'RUNNING'
    from plow.job_post
   where job_post.job_id = p_job and job.id = job_post.post_job_id and job.state = 'POST';

  insert into plow.depend_queue (on_job_id)
  select p_job where exists (
    select from plow.depend where on_job_id = p_job and type = 'JOB_ON_JOB' and is_active);
  perform plow.count_done(p_job, 1);
  perform pg_notify('plow_farm', '');
  return true;
end
$$;
