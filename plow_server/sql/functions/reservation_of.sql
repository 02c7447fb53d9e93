-- reservation_of(node) returns jsonb: its ReservationT, fields by their names on the wire; null where it is kept for nobody
create or replace function plow.reservation_of(p_node plow.node) returns jsonb language sql stable as $$
  select jsonb_build_object(
           'nodeId', kept.node_id, 'nodeName', p_node.name, 'jobId', kept.job_id, 'layerId', kept.layer_id,
           'jobName', job.name, 'layerName', layer.name, 'cores', kept.cores, 'ram', kept.ram,
           'startTime', plow.ms(kept.starts),
           'sentence', format('node ''%s'' is kept for job ''%s'', layer ''%s'', until %s', p_node.name, job.name,
                              layer.name, plow.clock(kept.starts)))
    from plow.reservation as kept
    join plow.job on job.id = kept.job_id
    join plow.layer on layer.id = kept.layer_id
   where kept.node_id = p_node.id and kept.kept_until > plow.now()
$$;
