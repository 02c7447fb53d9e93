-- match_pools() returns void
-- Writes down which pools each node is in, from the names in pool_host (see pools_of). Only rows that change are written.
-- For all nodes at once: node by node, 10,000 take a second, for which nothing could be booked on those that change.
-- The caller holds lock_pools.  Locks: counter rows of the nodes that change.  Changes: node.
create or replace function plow.match_pools() returns void language plpgsql as $$
declare
  v_node uuid[];
  v_pools text[];
  v_exclusive text[];
begin
  with
  named as (
    select distinct node.id as node_id, pool.id as pool_id, pool.is_exclusive
      from plow.node
     cross join lateral unnest(array[lower(node.name), split_part(lower(node.name), '.', 1)]) as told (host)
      join plow.pool_host on pool_host.host = told.host
      join plow.pool on pool.id = pool_host.pool_id
  ),
  matched as (
    select node_id, array_agg(pool_id order by pool_id) as pools,
           coalesce(array_agg(pool_id order by pool_id) filter (where is_exclusive), '{}') as exclusive_pools
      from named group by node_id
  )
  select array_agg(node.id), array_agg(matched.pools::text), array_agg(matched.exclusive_pools::text)
    into v_node, v_pools, v_exclusive
    from plow.node left join matched on matched.node_id = node.id
   where (node.pools, node.exclusive_pools) is distinct from
         (coalesce(matched.pools, '{}'), coalesce(matched.exclusive_pools, '{}'));
  if v_node is null then
    return;
  end if;
  perform plow.lock_rows(null, null, null, null, v_node);
  update plow.node set pools = coalesce(found.pools, '{}')::uuid[], exclusive_pools = coalesce(found.exclusive, '{}')::uuid[]
    from unnest(v_node, v_pools, v_exclusive) as found (id, pools, exclusive)
   where node.id = found.id;
end
$$;
