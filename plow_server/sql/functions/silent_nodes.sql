-- silent_nodes(seconds, gap) returns ids of nodes that have not pinged for so long although we listened
create or replace function plow.silent_nodes(p_silent_s float8, p_gap_s float8)
returns setof uuid language sql stable as $$
  select node_report.node_id
    from plow.node_report, plow.listening
   where listening.until >= plow.now() - make_interval(secs => p_gap_s)
     and greatest(node_report.updated, listening.since) < plow.now() - make_interval(secs => p_silent_s)
$$;
