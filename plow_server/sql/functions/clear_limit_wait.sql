-- clear_limit_wait(limit) returns void
-- Forgets that its users found none free: what needs it is tried again now, and the next shortage waits briefly again.
-- Locks: limit counter.  Changes: limit_counter.  Rings: plow_farm.  Raises: NotFound.
create or replace function plow.clear_limit_wait(p_limit uuid) returns void language plpgsql as $$
declare
  v_counter plow.limit_counter;
begin
  perform plow.lock_limits(array[p_limit]);
  select * into v_counter from plow.limit_counter where limit_id = p_limit;
  if not found then
    raise exception 'no limit ''%''', p_limit using errcode = 'PW001';
  end if;
  update plow.limit_counter set not_before = null, shortages = 0, reason = '' where limit_id = p_limit;
  if v_counter.not_before > plow.now() then
    perform plow.note('limit', p_limit, null, 'not_before', v_counter.not_before::text, null);
  end if;
  perform pg_notify('plow_farm', '');
end
$$;
