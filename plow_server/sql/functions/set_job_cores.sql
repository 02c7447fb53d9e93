-- set_job_cores(job, min, max) returns void
-- A job's share weight and cap; null leaves one as it is.
-- Locks: job counter.  Changes: job.  Raises: NotFound; Invalid a value out of range.  Rings: plow_farm.
create or replace function plow.set_job_cores(p_job uuid, p_min int default null, p_max int default null)
returns void language plpgsql as $$
begin
  perform plow.lock_rows(null, null, array[p_job], null, null);
  update plow.job set min_cores = coalesce(p_min, min_cores), max_cores = coalesce(p_max, max_cores) where id = p_job;
  if not found then
    raise exception 'no job ''%''', p_job using errcode = 'PW001';
  end if;
  perform pg_notify('plow_farm', '');
end
$$;
