-- move_off_pool(pool, move to, most) returns int: how many layers and jobs do not name it any more
-- They get the other pool instead, or none; of very many so many at a time (null: all), for who changes a layer keeps
-- others from it to the end of the transaction.
-- Locks: lock_pools; job and layer counters of those that it moves.  Changes: job, layer.
-- Raises: NotFound either pool; Invalid where both are one; NotAllowed where unfinished jobs name it and there is no other.
create or replace function plow.move_off_pool(p_pool uuid, p_move_to text, p_most int default null)
returns int language plpgsql as $$
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
  v_layer := array(select id from plow.layer where pools @> array[p_pool] and pools <> '{}' order by job_id, id limit p_most);
  v_job := array(select job_id from plow.layer where id = any(v_layer)
                 union (select id from plow.job where pools @> array[p_pool] and pools <> '{}' order by id limit p_most));
  perform plow.lock_rows(null, null, v_job, v_layer, null);
  select min(job.name) into v_user
    from plow.job
   where state <> 'FINISHED' and v_to = '{}'
     and (pools @> array[p_pool] and pools <> '{}'
          or exists (select from plow.layer where layer.job_id = job.id and pools @> array[p_pool] and pools <> '{}'));
  if v_user is not null then
    raise exception 'pool ''%'' is in use by unfinished jobs: ''%'' names it', v_pool.name, v_user using errcode = 'PW004';
  end if;
  update plow.job set pools = plow.other_pools(pools, p_pool, v_to) where id = any(v_job) and p_pool = any(pools);
  update plow.layer
     set pools = case when other.pools = '{}' then (select job.pools from plow.job where job.id = layer.job_id)
                      else other.pools end,
         has_own_pools = has_own_pools and other.pools <> '{}'
    from (select id, plow.other_pools(pools, p_pool, v_to) as pools from plow.layer where id = any(v_layer) offset 0) as other
   where layer.id = other.id;
  return cardinality(v_layer) + cardinality(v_job);
end
$$;
