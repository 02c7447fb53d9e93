-- may_shut(node, most percent) returns boolean: whether the farm may set a node aside by itself
-- Another one must take work, and of all nodes no more than a part, or one, may be set aside by the farm.
-- Changes: nothing.
create or replace function plow.may_shut(p_node uuid, p_most_percent int) returns boolean language sql stable as $$
  select exists (
           select from plow.node join plow.cluster on cluster.id = node.cluster_id
             left join plow.node_report as report on report.node_id = node.id
            where node.id <> p_node and plow.takes_work(node, report, cluster.is_locked))
     and (select count(*) filter (where state = 'REPAIR' and state_reason <> '') < greatest(count(*) * p_most_percent / 100, 1)
            from plow.node)
$$;
