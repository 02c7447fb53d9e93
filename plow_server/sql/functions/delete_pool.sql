-- delete_pool(pool, move to) returns void
-- Jobs and layers that name it get the other pool instead. Without one it goes only while no unfinished job names it;
-- finished ones forget it, so that they can be restarted. Where very many name it, call move_off_pool before.
-- Locks: lock_pools; job and layer counters of those that name it; then the pool's row, which all who name it share, and
-- a second look; counters of its nodes.
-- Changes: pool, pool_host, job, layer, node.  Rings: plow_farm.
-- Raises: NotFound either pool; Invalid where both are one; NotAllowed while it is in use; 40001 where it was named meanwhile.
create or replace function plow.delete_pool(p_pool uuid, p_move_to text default '') returns void language plpgsql as $$
declare
  v_pool plow.pool;
begin
  perform plow.move_off_pool(p_pool, p_move_to);
  v_pool := plow.named_pool(p_pool);
  perform from plow.pool where id = p_pool for update;
  if exists (select from plow.layer where pools @> array[p_pool] and pools <> '{}')
     or exists (select from plow.job where pools @> array[p_pool] and pools <> '{}') then
    raise exception 'pool ''%'' was named meanwhile', v_pool.name using errcode = '40001';
  end if;
  delete from plow.pool where id = p_pool;
  perform plow.match_pools();
  perform pg_notify('plow_farm', '');
end
$$;
