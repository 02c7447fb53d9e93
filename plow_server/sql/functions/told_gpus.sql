-- told_gpus(devices) returns the devices of a ping, one row for each index, numbers within bounds
create or replace function plow.told_gpus(p_gpus jsonb)
returns table (index int, model text, memory int, uuid text) language sql immutable as $$
  select distinct on (device.index) device.index, coalesce(device.model, ''), greatest(device."memoryMb", 0),
         coalesce(device.uuid, '')
    from jsonb_to_recordset(coalesce(p_gpus, '[]')) as device (index int, model text, "memoryMb" int, uuid text)
   where device.index >= 0
   order by device.index
$$;
