-- lock_limits(limits) returns void
-- A late step of the lock order: after quota, folder, job, layer and node (lock_rows), and the rows of limits themselves;
-- each by id ascending.
-- Locks: limit counter rows.  Changes: nothing.  Raises: nothing; ids that are not there are passed over.
create or replace function plow.lock_limits(p_limit uuid[]) returns void language plpgsql as $$
begin
  if p_limit <> '{}' then
    perform from plow.limit_counter where limit_id = any(p_limit) order by limit_id for no key update;
  end if;
end
$$;
