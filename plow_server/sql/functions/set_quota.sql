-- set_quota(quota, size, burst, locked) returns void
-- Null leaves a value as it is. Once this returns, nothing starts on a locked quota.
-- Locks: quota counter.  Changes: quota, quota_counter.  Rings: plow_farm.
-- Raises: NotFound; Invalid a size or burst below 0; NotAllowed a burst below the cores in use.
create or replace function plow.set_quota(
  p_quota uuid, p_size int default null, p_burst int default null, p_locked boolean default null
) returns void language plpgsql as $$
declare
  v_used int;
begin
  perform plow.lock_rows(array[p_quota], null, null, null, null);
  select run_cores into v_used from plow.quota_counter where quota_id = p_quota;
  if not found then
    raise exception 'no quota ''%''', p_quota using errcode = 'PW001';
  elsif p_burst >= 0 and p_burst < v_used then
    raise exception 'a burst of % cores: % are in use now', p_burst, v_used using errcode = 'PW004';
  end if;
  update plow.quota set size = coalesce(p_size, size), is_locked = coalesce(p_locked, is_locked) where id = p_quota;
  update plow.quota_counter set burst = p_burst where quota_id = p_quota and burst <> p_burst;
  perform pg_notify('plow_farm', '');
end
$$;
