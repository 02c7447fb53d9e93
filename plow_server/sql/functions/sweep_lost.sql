-- sweep_lost(seconds, gap) returns the procs of nodes that have been silent for too long
-- Their tasks are to be queued again by complete_tasks as NODE_LOST; should a node come back, it is told to stop
-- what it still holds.
-- Changes: nothing.
create or replace function plow.sweep_lost(p_lost_after_s float8, p_gap_s float8)
returns setof uuid language sql stable as $$
  select proc.id
    from plow.proc join plow.silent_nodes(p_lost_after_s, p_gap_s) as silent on silent = proc.node_id
   where proc.created < plow.now() - make_interval(secs => p_lost_after_s)
   order by proc.created
   limit 1000
$$;
