-- takes_work(node, its report, cluster is locked) returns boolean
-- Whether anything new starts on a node now: nothing closes it.
create or replace function plow.takes_work(p_node plow.node, p_report plow.node_report, p_cluster_is_locked boolean)
returns boolean language sql immutable as $$
  select plow.closed_by(p_node, p_report, p_cluster_is_locked) is null
$$;
