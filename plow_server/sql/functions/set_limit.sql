-- set_limit(limit, total, held back) returns void
-- Null leaves a value as it is. More may be in use than is left: nothing new starts until there is room.
-- Locks: limit row, then its counter, as delete_limit does.  Changes: limit.  Rings: plow_farm.  Raises: NotFound; Invalid a number below 0.
create or replace function plow.set_limit(p_limit uuid, p_total int default null, p_held_back int default null)
returns void language plpgsql as $$
begin
  perform from plow.limit where id = p_limit for no key update;
  perform plow.lock_limits(array[p_limit]);
  update plow.limit set total = coalesce(p_total, total), held_back = coalesce(p_held_back, held_back) where id = p_limit;
  if not found then
    raise exception 'no limit ''%''', p_limit using errcode = 'PW001';
  end if;
  perform pg_notify('plow_farm', '');
end
$$;
