-- delete_pool(pool, move to) returns void
-- Jobs and layers that name it get the other pool instead. Without one it goes only while no unfinished job names it;
-- finished ones forget it, so that they can be restarted.
-- Locks: lock_pools; job and layer counters of those that name it; then the pool's row, which all who name it share, and
-- a second look; counters of its nodes.
-- Changes: pool, pool_host, job, layer, node.  Rings: plow_farm.
-- Raises: NotFound either pool; Invalid where both are one; NotAllowed while it is in use; 40001 where it was named meanwhile.
create or replace function plow.delete_pool(p_pool uuid, p_move_to text default '') returns void language plpgsql as $$
declare
  v_pool plow.pool;
  v_to uuid[] := '{}';
  v_job uuid[];
  v_layer uuid[];
  v_user text;
begin
  perform plow.lock_pools();
  v_pool := plow.named_pool(p_pool);
  if p_move_to <> '' then
    v_to := array(select id from plow.pool where lower(name) = lower(p_move_to) or id = plow.as_id(p_move_to)
                   order by (id = plow.as_id(p_move_to)) desc nulls last limit 1);
    if v_to = '{}' then
      raise exception 'no pool ''%''', p_move_to using errcode = 'PW001';
    elsif v_to = array[p_pool] then
      raise exception 'pool ''%'' cannot take over from itself', v_pool.name using errcode = 'PW003';
    end if;
  end if;
  v_layer := array(select id from plow.layer where pools @> array[p_pool] and pools <> '{}');
  v_job := array(select id from plow.job where pools @> array[p_pool] and pools <> '{}'
                 union select job_id from plow.layer where id = any(v_layer));
  perform plow.lock_rows(null, null, v_job, v_layer, null);
  perform from plow.pool where id = p_pool for update;
  if exists (select id from plow.layer where pools @> array[p_pool] and pools <> '{}' except select unnest(v_layer))
     or exists (select id from plow.job where pools @> array[p_pool] and pools <> '{}' except select unnest(v_job)) then
    raise exception 'pool ''%'' was named meanwhile', v_pool.name using errcode = '40001';
  end if;
  select name into v_user from plow.job where id = any(v_job) and state <> 'FINISHED' order by name limit 1;
  if found and v_to = '{}' then
    raise exception 'pool ''%'' is in use by unfinished jobs: ''%'' names it', v_pool.name, v_user using errcode = 'PW004';
  end if;
  update plow.job set pools = plow.other_pools(pools, p_pool, v_to) where id = any(v_job) and p_pool = any(pools);
  update plow.layer
     set pools = case when other.pools = '{}' then (select job.pools from plow.job where job.id = layer.job_id)
                      else other.pools end,
         has_own_pools = has_own_pools and other.pools <> '{}'
    from (select id, plow.other_pools(pools, p_pool, v_to) as pools from plow.layer where id = any(v_layer) offset 0) as other
   where layer.id = other.id;
  delete from plow.pool where id = p_pool;
  perform plow.match_pools();
  perform pg_notify('plow_farm', '');
end
$$;
