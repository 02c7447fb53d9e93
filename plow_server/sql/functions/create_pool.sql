-- create_pool(name, hosts, exclusive) returns uuid
-- Its hosts may be offline or not yet known.
-- Locks: lock_pools, counters of its nodes.  Changes: pool, pool_host, node.  Rings: plow_farm.
-- Raises: AlreadyExists a name, whatever its case; Invalid a name or host.
create or replace function plow.create_pool(p_name text, p_hosts text[], p_exclusive boolean)
returns uuid language plpgsql as $$
declare
  v_pool uuid := plow.new_id();
  v_hosts text[] := plow.checked_hosts(p_hosts);
begin
  perform plow.lock_pools();
  insert into plow.pool (id, name, is_exclusive) values (v_pool, p_name, coalesce(p_exclusive, false));
  insert into plow.pool_host (pool_id, host) select v_pool, unnest(v_hosts);
  perform plow.match_pools();
  if v_hosts <> '{}' then
    perform plow.note('pool', v_pool, null, 'hosts', '[]', plow.shown_hosts(v_hosts));
    perform pg_notify('plow_farm', '');
  end if;
  return v_pool;
end
$$;
