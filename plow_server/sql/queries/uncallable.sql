-- name: uncallable_nodes
-- Those that are silent too are left alone: their next ping tells.
select uncallable.node_id, node.address, uncallable.is_shut
  from plow.uncallable join plow.node on node.id = uncallable.node_id
 where node.state <> 'DOWN';
