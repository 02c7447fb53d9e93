-- restart_job(job, failed only, reason) returns int, how many tasks run again
-- A job that is over runs again under its id and name: all its tasks, or those that are neither SUCCEEDED nor EATEN,
-- with a fresh retry budget. Numbers of attempts go on. A task whose killed process still lives waits for its end.
--
-- Depends. What the job waited for in other jobs stays as it is: satisfied is satisfied. Where all tasks run again,
-- the depends inside the job hold again, or a composite would start before its frames are rendered anew; those
-- that somebody dropped stay dropped. Who waited for this job, or for parts of it, was released when it ended, and
-- stays so; releases still in the queue go first.
--
-- The post job goes back to POST unless something of it has started. A post job whose own first job is not over
-- waits for it again.
-- Locks: the turn of its name (take_name); job and layer counters of the job, of its post job, and of the job that it is
-- the post job of; folder_done row.
-- Changes: job, depend, task, waiting, counters of tasks, folder_done.  Rings: plow_farm.
-- Raises: NotFound; NotAllowed a job that is not over or is archived, or nothing to run; AlreadyExists the name;
-- 40001 while releases are in the queue (the caller repeats).
create or replace function plow.restart_job(p_job uuid, p_failed_only boolean, p_reason text)
returns int language plpgsql as $$
declare
  v_kin uuid[] := array(
    select post_job_id from plow.job_post where job_id = p_job
    union all select job_id from plow.job_post where post_job_id = p_job);
  v_job plow.job;
  v_task uuid[];
begin
  perform plow.take_name(name) from plow.job where id = p_job;
  perform plow.lock_rows(null, null, null, null, null, p_job || v_kin);
  select * into v_job from plow.job where id = p_job;
  if not found then
    raise exception 'no job ''%''', p_job using errcode = 'PW001';
  elsif v_job.state <> 'FINISHED' then
    raise exception 'job ''%'' is not over: retry its tasks, or kill it first', v_job.name using errcode = 'PW004';
  end if;
  perform plow.unarchived(array[p_job], null);
  v_task := array(
    select id from plow.task
     where job_id = p_job and not (p_failed_only and state in ('SUCCEEDED', 'EATEN')));
  if cardinality(v_task) = 0 then
    raise exception 'job ''%'' has no task that is not done', v_job.name using errcode = 'PW004';
  elsif plow.has_releases(p_job) then
    raise exception 'what waited for the job is being released' using errcode = '40001';
  end if;

  begin
    update plow.job
       set active_name = name, stopped = null, end_reason = null, ended_by = null, restarts = restarts + 1,
           state = case when exists (
             select from plow.job_post join plow.job as first on first.id = job_post.job_id
              where job_post.post_job_id = p_job and first.state <> 'FINISHED') then 'POST' else 'RUNNING' end::plow.job_state
     where id = p_job;
  exception when unique_violation then
    raise exception 'there is an unfinished job ''%'' already', v_job.name using errcode = 'PW002';
  end;
  perform plow.count_done(p_job, -1);  -- after its name, as one that ends gives its own back first
  update plow.job set state = 'POST'
   where state = 'RUNNING' and id in (select post_job_id from plow.job_post where job_id = p_job)
     and not exists (select from plow.task where task.job_id = job.id and (retries >= 0 or state not in ('WAITING', 'DEPEND')))
     and not exists (select from plow.proc where proc.job_id = job.id);

  update plow.task set failures = 0, losses = 0 where id = any(v_task) and (failures, losses) <> (0, 0);
  delete from plow.job_streak where job_id = p_job;
  perform plow.move_tasks(v_task, 'WAITING');
  if not p_failed_only then
    perform plow.hold_inside(p_job);
  end if;
  perform pg_notify('plow_farm', '');
  return cardinality(v_task);
end
$$;
