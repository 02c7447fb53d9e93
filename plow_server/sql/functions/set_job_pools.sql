-- set_job_pools(job, pool names) returns void
-- For the layers of the job that name no pool themselves; none takes them away.
-- Locks: job and layer counters; the pools that are named, shared.  Changes: job, layer.  Rings: plow_farm.
-- Raises: NotFound job or pool.
create or replace function plow.set_job_pools(p_job uuid, p_pools jsonb) returns void language plpgsql as $$
declare
  v_pool uuid[];
begin
  perform plow.lock_rows(null, null, null, null, null, array[p_job]);
  v_pool := plow.pool_ids(p_pools);
  update plow.job set pools = v_pool where id = p_job;
  if not found then
    raise exception 'no job ''%''', p_job using errcode = 'PW001';
  end if;
  update plow.layer set pools = v_pool where job_id = p_job and not has_own_pools and pools <> v_pool;
  perform plow.share_named(array[p_job], '{}');
  perform pg_notify('plow_farm', '');
end
$$;
