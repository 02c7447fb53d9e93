-- change_pool_hosts(pool, add, remove, most) returns void
-- Some hosts come, others go, whoever else changes the pool at that time. Running tasks go on.
-- Locks, changes and rings: as set_pool_hosts.
-- Raises: NotFound the pool, a host that it does not have; Invalid a host, more than `most` in all.
create or replace function plow.change_pool_hosts(p_pool uuid, p_add text[], p_remove text[], p_most int)
returns void language plpgsql as $$
declare
  v_pool plow.pool;
  v_gone text[] := plow.checked_hosts(p_remove);
  v_before text[];
  v_hosts text[];
begin
  perform plow.lock_pools();
  v_pool := plow.named_pool(p_pool);
  v_before := array(select host from plow.pool_host where pool_id = p_pool);
  if not v_gone <@ v_before then
    raise exception 'pool ''%'' has no host ''%''', v_pool.name,
      (select host from unnest(v_gone) as host where host <> all(v_before) limit 1) using errcode = 'PW001';
  end if;
  v_hosts := array(select unnest(v_before) except select unnest(v_gone) union select unnest(plow.checked_hosts(p_add)));
  if cardinality(v_hosts) > p_most then
    raise exception '% hosts in pool ''%''; at most % are allowed', cardinality(v_hosts), v_pool.name, p_most
      using errcode = 'PW003';
  end if;
  perform plow.set_pool_hosts(p_pool, v_hosts);
end
$$;
