-- set_layer_service(layer, service) returns void
-- What the service presets replaces the layer's values; what it does not stays, but gives way where least and most
-- would contradict each other.
-- Locks: job and layer counter; the pools and limits that it presets, shared.  Changes: layer.  Rings: plow_farm.  Raises: NotFound.
create or replace function plow.set_layer_service(p_layer uuid, p_service text) returns void language plpgsql as $$
declare
  v_job uuid := (select job_id from plow.layer where id = p_layer);  -- set_layer_needs wants it, and before the layer
  v_preset plow.service;
begin
  select * into v_preset from plow.service where name = p_service;
  if not found and p_service <> 'default' then  -- which presets nothing, unless somebody has made it
    raise exception 'no service ''%''', p_service using errcode = 'PW001';
  end if;
  perform plow.lock_rows(null, null, array[v_job], array[p_layer], null);
  update plow.layer
     set service = p_service,
         tags = coalesce(v_preset.tags, tags),
         min_cores = coalesce(v_preset.min_cores, least(min_cores, v_preset.max_cores)),
         max_cores = coalesce(v_preset.max_cores, greatest(max_cores, v_preset.min_cores)),
         min_ram = coalesce(v_preset.min_ram, least(min_ram, v_preset.max_ram)),
         max_ram = coalesce(v_preset.max_ram, greatest(max_ram, v_preset.min_ram)),
         limits_ram = limits_ram or v_preset.max_ram is not null,
         max_retries = coalesce(v_preset.max_retries, max_retries),
         threadable = coalesce(v_preset.threadable, threadable),
         kill_grace_s = coalesce(v_preset.kill_grace_s, kill_grace_s),
         run = plow.merged_run(run, v_preset.run)
   where id = p_layer;
  if not found then
    raise exception 'no layer ''%''', p_layer using errcode = 'PW001';
  end if;
  if v_preset.needs is not null then
    perform plow.set_layer_needs(p_layer, v_preset.needs);
  end if;
  if v_preset.retry_rules is not null then
    perform plow.set_layer_retry_rules(p_layer, v_preset.retry_rules);
  end if;
  perform pg_notify('plow_farm', '');
end
$$;
