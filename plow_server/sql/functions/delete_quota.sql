-- delete_quota(quota) returns void
-- Locks: quota counter.  Changes: quota.  Rings: plow_farm.  Raises: NotFound; NotAllowed while procs run on it.
create or replace function plow.delete_quota(p_quota uuid) returns void language plpgsql as $$
declare
  v_procs int;
begin
  perform plow.lock_rows(array[p_quota], null, null, null, null);
  select run_procs into v_procs from plow.quota_counter where quota_id = p_quota;
  if not found then
    raise exception 'no quota ''%''', p_quota using errcode = 'PW001';
  elsif v_procs > 0 then
    raise exception 'the quota is in use: % procs run on it', v_procs using errcode = 'PW004';
  end if;
  delete from plow.quota where id = p_quota;
  perform pg_notify('plow_farm', '');
end
$$;
