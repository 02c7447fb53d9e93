-- set_pool_exclusive(pool, exclusive) returns void
-- Whether its nodes take only what names it. Running tasks go on.
-- Locks: lock_pools, counters of its nodes.  Changes: pool, node.  Rings: plow_farm.  Raises: NotFound.
create or replace function plow.set_pool_exclusive(p_pool uuid, p_exclusive boolean) returns void language plpgsql as $$
begin
  perform plow.lock_pools();
  perform plow.named_pool(p_pool);
  update plow.pool set is_exclusive = p_exclusive where id = p_pool and is_exclusive <> p_exclusive;
  perform plow.match_pools();
  perform pg_notify('plow_farm', '');
end
$$;
