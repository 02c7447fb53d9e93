-- set_job_priority(job, priority) returns void
-- Only the order of plans depends on it: nobody has to wait.
-- Changes: job.  Raises: NotFound; Invalid a priority out of range.  Rings: plow_farm.
create or replace function plow.set_job_priority(p_job uuid, p_priority int) returns void language plpgsql as $$
begin
  update plow.job set priority = p_priority where id = p_job;
  if not found then
    raise exception 'no job ''%''', p_job using errcode = 'PW001';
  end if;
  perform pg_notify('plow_farm', '');
end
$$;
