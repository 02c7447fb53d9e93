-- closed_by(node, its report, cluster is locked) returns text: the code of the rule that closes it, null where none does
-- The rule of whether anything new starts on a node now: it is UP, and neither it nor its cluster is locked, it does
-- not drain and nobody has taken it for himself. A node that never reported counts as free.
create or replace function plow.closed_by(p_node plow.node, p_report plow.node_report, p_cluster_is_locked boolean)
returns text language sql immutable as $$
  select case when p_node.state = 'DOWN' then 'down'
              when p_node.state = 'REPAIR' then 'repair'
              when p_node.is_locked then 'locked'
              when p_cluster_is_locked then 'cluster_locked'
              when p_report.is_draining then 'draining'
              when p_report.away_reason is not null then 'away' end
$$;
