-- set_layer_needs(layer, needs) returns void
-- What the layer needs of nodes from now on: what is not said stays; "", 0 and an empty list take a need away. Without
-- pools of its own it has its job's.
-- Locks: job and layer counter; the pools and limits that are named, shared.  Changes: layer.  Rings: plow_farm.
-- Raises: NotFound layer, pool or limit.
create or replace function plow.set_layer_needs(p_layer uuid, p_needs jsonb) returns void language plpgsql as $$
declare
  v_job uuid := (select job_id from plow.layer where id = p_layer);
  v_needs jsonb;
begin
  perform plow.lock_rows(null, null, array[v_job], array[p_layer], null);
  select coalesce(plow.needs_of(layer), '{}') || p_needs into v_needs from plow.layer where id = p_layer;
  if not found then
    raise exception 'no layer ''%''', p_layer using errcode = 'PW001';
  end if;
  update plow.layer
     set has_own_pools = coalesce(v_needs -> 'pools', '[]') <> '[]',
         pools = case when coalesce(v_needs -> 'pools', '[]') <> '[]' then plow.pool_ids(v_needs -> 'pools')
                      else (select job.pools from plow.job where job.id = v_job) end,
         limits = plow.limit_ids(v_needs -> 'limits'),
         os = coalesce(v_needs ->> 'os', ''),
         node_cores = coalesce((v_needs ->> 'nodeCores')::int, 0), node_ram = coalesce((v_needs ->> 'nodeRam')::int, 0),
         whole_node = coalesce((v_needs ->> 'wholeNode')::boolean, false),
         gpus = coalesce((v_needs ->> 'gpus')::int, 0), gpu_ram = coalesce((v_needs ->> 'gpuRam')::int, 0),
         max_per_node = coalesce((v_needs ->> 'maxPerNode')::int, 0),
         fit_ram = coalesce((v_needs ->> 'fitRam')::boolean, false)
   where id = p_layer;
  perform plow.share_named('{}', array[p_layer]);
  perform pg_notify('plow_farm', '');
end
$$;
