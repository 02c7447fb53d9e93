-- open_job(job, jobs waited for, layers waited for, links) returns job
-- Locks an unfinished job with all its layers, and what else the caller is going to need: from now on it does not
-- finish, and it may be given more work. Who is going to make depends says so (links): add_depends takes the turn of
-- those who do before it locks rows, so it has to be taken here, or the two would wait for each other.
-- Locks: the turn of those who make depends, job and layer counters.  Raises: NotFound; NotAllowed a job that is over.
create or replace function plow.open_job(p_job uuid, p_on_job uuid[] default '{}', p_on_layer uuid[] default '{}', p_links boolean default false)
returns plow.job language plpgsql as $$
declare
  v_job plow.job;
begin
  if p_links then
    perform plow.take_depends_turn();  -- as in add_depends
  end if;
  perform plow.lock_rows(null, null, p_on_job, p_on_layer, null, array[p_job]);
  select * into v_job from plow.job where id = p_job;
  if not found then
    raise exception 'no job ''%''', p_job using errcode = 'PW001';
  elsif v_job.state = 'FINISHED' then
    raise exception 'job ''%'' is over: restart it first', v_job.name using errcode = 'PW004';
  end if;
  return v_job;
end
$$;
