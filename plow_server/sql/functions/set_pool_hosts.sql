-- set_pool_hosts(pool, hosts) returns void
-- All of its hosts; what was there goes. Running tasks go on.
-- Locks: lock_pools, counters of the nodes that come or go.  Changes: pool_host, node.  Rings: plow_farm.
-- Raises: NotFound; Invalid a host.
create or replace function plow.set_pool_hosts(p_pool uuid, p_hosts text[]) returns void language plpgsql as $$
declare
  v_hosts text[] := plow.checked_hosts(p_hosts);
  v_before text[];
begin
  perform plow.lock_pools();
  perform plow.named_pool(p_pool);
  v_before := array(select host from plow.pool_host where pool_id = p_pool order by host);
  if v_before = array(select host from unnest(v_hosts) as host order by host) then
    return;
  end if;
  delete from plow.pool_host where pool_id = p_pool;
  insert into plow.pool_host (pool_id, host) select p_pool, unnest(v_hosts);
  perform plow.match_pools();
  perform plow.note('pool', p_pool, null, 'hosts', plow.shown_hosts(v_before), plow.shown_hosts(v_hosts));
  perform pg_notify('plow_farm', '');
end
$$;
