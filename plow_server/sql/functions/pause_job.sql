-- pause_job(job, paused) returns void
-- Stops or resumes booking; once this returns, nothing of a paused job starts.
-- Whoever lets a job go on that the farm paused begins its count of failures anew.
-- Locks: job counter.  Changes: job, job_streak.  Raises: NotFound.  Rings: plow_farm.
create or replace function plow.pause_job(p_job uuid, p_paused boolean) returns void language plpgsql as $$
begin
  perform plow.lock_rows(null, null, array[p_job], null, null);
  update plow.job set paused = p_paused, pause_reason = case when p_paused then pause_reason else '' end where id = p_job;
  if not found then
    raise exception 'no job ''%''', p_job using errcode = 'PW001';
  end if;
  if not p_paused then
    delete from plow.job_streak where job_id = p_job;
  end if;
  perform pg_notify('plow_farm', '');
end
$$;
