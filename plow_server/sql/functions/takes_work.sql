-- takes_work(node, is draining, cluster is locked) returns boolean
-- The rule of whether anything new starts on a node now: it is UP, and neither it nor its cluster is locked, and it
-- does not drain. Unknown counts as not draining.
create or replace function plow.takes_work(p_node plow.node, p_is_draining boolean, p_cluster_is_locked boolean)
returns boolean language sql immutable as $$
  select p_node.state = 'UP' and not p_node.is_locked and not p_cluster_is_locked and not coalesce(p_is_draining, false)
$$;
