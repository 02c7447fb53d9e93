-- set_layer(layer, tags, min cores, max cores, min ram, threadable, max ram, max retries, priority, kill grace) returns void
-- What a layer asks for; null leaves a value as it is. Cores are at least 1 and at most 32767, memory at least
-- 256 MB; raising the least raises the most. Dead tasks stay dead, however many retries there are now.
-- Locks: layer counter.  Changes: layer.  Rings: plow_farm.
-- Raises: NotFound; Invalid no tags, a most below the least, or a value out of range.
create or replace function plow.set_layer(
  p_layer uuid, p_tags text[] default null, p_min_cores int default null, p_max_cores int default null,
  p_min_ram int default null, p_threadable boolean default null, p_max_ram int default null,
  p_max_retries int default null, p_priority int default null, p_kill_grace_s int default null
) returns void language plpgsql as $$
declare
  v_layer plow.layer;
begin
  perform plow.lock_rows(null, null, null, array[p_layer], null);
  select * into v_layer from plow.layer where id = p_layer;
  if not found then
    raise exception 'no layer ''%''', p_layer using errcode = 'PW001';
  end if;
  if p_max_cores < v_layer.min_cores then
    raise exception 'layer ''%'' asks for at least % cores', v_layer.name, v_layer.min_cores using errcode = 'PW003';
  elsif p_max_ram < v_layer.min_ram then
    raise exception 'layer ''%'' asks for at least % MB', v_layer.name, v_layer.min_ram using errcode = 'PW003';
  elsif p_max_retries not between 0 and 32767 then
    raise exception 'layer ''%'': % retries; 0 to 32767 are allowed', v_layer.name, p_max_retries using errcode = 'PW003';
  end if;
  update plow.layer
     set tags = coalesce(plow.checked_tags(p_tags), tags),
         min_cores = case when p_min_cores is null then min_cores else greatest(p_min_cores, 1) end,
         max_cores = greatest(case when p_max_cores is null then max_cores else least(p_max_cores, 32767) end, p_min_cores),
         min_ram = case when p_min_ram is null then min_ram else greatest(p_min_ram, 256) end,
         max_ram = greatest(coalesce(p_max_ram, max_ram), p_min_ram),
         limits_ram = limits_ram or p_max_ram is not null,
         threadable = coalesce(p_threadable, threadable),
         max_retries = coalesce(p_max_retries, max_retries),
         priority = coalesce(p_priority, priority),
         kill_grace_s = coalesce(p_kill_grace_s, kill_grace_s)
   where id = p_layer;
  perform pg_notify('plow_farm', '');
end
$$;
