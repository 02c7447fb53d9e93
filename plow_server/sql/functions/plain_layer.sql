-- plain_layer() returns jsonb: what a layer asks for that asks for nothing, by the columns of plow.layer
create or replace function plow.plain_layer() returns jsonb language sql immutable as $$
  select '{"min_cores": 1, "min_ram": 1, "max_ram": 2147483647, "pools": [], "os": "", "node_cores": 0, "node_ram": 0,
           "whole_node": false, "gpus": 0, "gpu_ram": 0, "limits": [], "max_per_node": 0, "fit_ram": false}'::jsonb
$$;
