-- needs_of(layer) returns jsonb: its NeedsT, fields by their names on the wire; null where it needs nothing
-- Pools that it has from its job are not among them.
create or replace function plow.needs_of(p_layer plow.layer) returns jsonb language sql stable as $$
  select nullif(jsonb_strip_nulls(jsonb_build_object(
    'pools', case when p_layer.has_own_pools then
               (select jsonb_agg(name order by name) from plow.pool where id = any(p_layer.pools)) end,
    'os', nullif(p_layer.os, ''), 'nodeCores', nullif(p_layer.node_cores, 0), 'nodeRam', nullif(p_layer.node_ram, 0),
    'wholeNode', nullif(p_layer.whole_node, false), 'gpus', nullif(p_layer.gpus, 0), 'gpuRam', nullif(p_layer.gpu_ram, 0),
    'limits', case when p_layer.limits <> '{}' then
                (select jsonb_agg(l.name order by l.name) from plow.limit as l where l.id = any(p_layer.limits)) end,
    'maxPerNode', nullif(p_layer.max_per_node, 0), 'fitRam', nullif(p_layer.fit_ram, false))), '{}')
$$;
