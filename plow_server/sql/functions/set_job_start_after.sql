-- set_job_start_after(job, milliseconds) returns void
-- Nothing of the job is booked before that time, once this returns; 0 = at once. What runs goes on.
-- Locks: job counter.  Changes: job.  Raises: NotFound; Invalid a time out of range.  Rings: plow_farm.
create or replace function plow.set_job_start_after(p_job uuid, p_start_after_ms bigint) returns void language plpgsql as $$
begin
  perform plow.lock_rows(null, null, array[p_job], null, null);
  update plow.job set start_after = plow.moment(p_start_after_ms) where id = p_job;
  if not found then
    raise exception 'no job ''%''', p_job using errcode = 'PW001';
  end if;
  perform pg_notify('plow_farm', '');
end
$$;
