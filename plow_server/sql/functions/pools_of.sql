-- pools_of(host, only exclusive) returns uuid[], ascending
-- The pools that name a host: by its whole name, whatever its case, or by its first label alone.
create or replace function plow.pools_of(p_host text, p_exclusive boolean) returns uuid[] language sql stable as $$
  select array(select distinct pool.id from plow.pool_host join plow.pool on pool.id = pool_host.pool_id
                where pool_host.host in (lower(p_host), split_part(lower(p_host), '.', 1))
                  and (pool.is_exclusive or not p_exclusive)
                order by pool.id)
$$;
