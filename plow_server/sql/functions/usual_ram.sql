-- usual_ram(layer, part) returns int, MB
-- What a task of the layer is booked with that has not died for want of memory: what history says (its part of what the
-- largest task needs), never above the layer's maximum, and never below its minimum unless the layer allows that;
-- without history its minimum. At least 256 MB, or the minimum where that is less: measurements of small tasks say little.
create or replace function plow.usual_ram(p_layer plow.layer, p_part float8 default 1) returns int language sql immutable as $$
  select case when p_layer.predicted_ram is null then p_layer.min_ram
              else greatest(least(ceil(p_layer.predicted_ram * p_part)::int, p_layer.max_ram),
                            case when p_layer.fit_ram then least(p_layer.min_ram, 256) else p_layer.min_ram end) end
$$;
