-- ClusterT with the sums over its nodes.
create view plow.cluster_view as
select cluster.id, cluster.name, cluster.tags, cluster.is_locked, cluster.is_default,
       total.nodes as total__nodes,
       total.up_nodes as total__up_nodes,
       total.down_nodes as total__down_nodes,
       total.repair_nodes as total__repair_nodes,
       total.locked_nodes as total__locked_nodes,
       total.nodes - total.locked_nodes as total__unlocked_nodes,
       total.cores as total__cores,
       total.up_cores as total__up_cores,
       total.down_cores as total__down_cores,
       total.repair_cores as total__repair_cores,
       total.locked_cores as total__locked_cores,
       total.cores - total.locked_cores as total__unlocked_cores,
       total.cores - total.idle_cores as total__run_cores,
       total.idle_cores as total__idle_cores
  from plow.cluster
 cross join lateral (
   select count(*) as nodes,
          count(*) filter (where node.state = 'UP') as up_nodes,
          count(*) filter (where node.state = 'DOWN') as down_nodes,
          count(*) filter (where node.state = 'REPAIR') as repair_nodes,
          count(*) filter (where node.is_locked) as locked_nodes,
          coalesce(sum(counter.cores), 0) as cores,
          coalesce(sum(counter.cores) filter (where node.state = 'UP'), 0) as up_cores,
          coalesce(sum(counter.cores) filter (where node.state = 'DOWN'), 0) as down_cores,
          coalesce(sum(counter.cores) filter (where node.state = 'REPAIR'), 0) as repair_cores,
          coalesce(sum(counter.cores) filter (where node.is_locked), 0) as locked_cores,
          coalesce(sum(counter.idle_cores), 0) as idle_cores
     from plow.node
     join plow.node_counter as counter on counter.node_id = node.id
    where node.cluster_id = cluster.id) as total;
