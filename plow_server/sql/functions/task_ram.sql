-- task_ram(layer, number, needed) returns int, MB: what this task is booked with, never above asked_ram of the layer
create or replace function plow.task_ram(p_layer plow.layer, p_number int, p_needed int) returns int language sql immutable as $$
  select greatest(plow.usual_ram(p_layer, plow.profile_part(p_layer, p_number)),
                  case when p_needed is null then 0 else least(p_needed, p_layer.max_ram) end)
$$;
