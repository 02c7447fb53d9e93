-- busy_by(node, layer, now) returns one row, refused: codes of the rules that refuse the node for now
-- The passing rules of where a task may run, for commit_plan and explain. Cores, memory and devices that are idle are
-- not among them: commit_plan sums them up over its plan.
--   uncallable  the node pings but does not answer when it is called
--   avoid       the job failed here too often of late
--   kept        the node is kept for other work, and this would not be over by then, as far as is known
--   per_node    as many tasks of the layer run here as may
--   held_back   the layer starts nothing, here or anywhere, after what its attempts met (hold_back)
-- A table function, so that a query over many nodes takes it in and does not call it for each.
-- Changes: nothing. The caller holds the node's and the layer's lock.
create or replace function plow.busy_by(p_node uuid, p_layer plow.layer, p_now timestamptz)
returns table (refused text[]) language sql stable rows 1 as $$
  select case when exists (select from plow.uncallable as shut where shut.node_id = p_node and shut.is_shut)
              then array['uncallable'] else '{}' end
         || case when exists (select from plow.avoid
                               where avoid.job_id = p_layer.job_id and avoid.node_id = p_node and avoid.until > p_now)
                 then array['avoid'] else '{}'::text[] end
         || case when exists (select from plow.reservation as kept
                               where kept.node_id = p_node and kept.layer_id <> p_layer.id and kept.kept_until > p_now
                                 and not coalesce(p_now + p_layer.predicted_clock_ms * interval '1 ms' <= kept.starts, false))
                 then array['kept'] else '{}'::text[] end
         || case when p_layer.max_per_node > 0
                  and (select count(*) from plow.proc where proc.node_id = p_node and proc.layer_id = p_layer.id)
                      >= p_layer.max_per_node
                 then array['per_node'] else '{}'::text[] end
         || case when exists (select from plow.retry_wait as held
                               where held.layer_id = p_layer.id and held.until > p_now
                                 and coalesce(held.node_id, p_node) = p_node)
                 then array['held_back'] else '{}'::text[] end
$$;
