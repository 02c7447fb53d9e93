-- asked_ram(layer) returns int, MB: what suffices for any of its tasks, which a plan reckons with
create or replace function plow.asked_ram(p_layer plow.layer) returns int language sql immutable as $$
  select case when p_layer.needed_ram is null then plow.usual_ram(p_layer)
              else greatest(plow.usual_ram(p_layer), least(p_layer.needed_ram, p_layer.max_ram)) end
$$;
