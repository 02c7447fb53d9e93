-- name: node_by_id
select * from plow.node_view where id = %(id)s;

-- name: node_by_name_or_id
select * from plow.node_view where id = plow.as_id(%(node)s) or name = %(node)s
 order by (id = plow.as_id(%(node)s)) desc nulls last limit 1;

-- name: nodes
select * from plow.node_view
 where (%(ids)s::uuid[] is null or id = any(%(ids)s::uuid[]))
   and (%(clusters)s::uuid[] is null or cluster_id = any(%(clusters)s::uuid[]))
   and (%(names)s::text[] is null or name = any(%(names)s::text[]))
   and (%(states)s::plow.node_state[] is null or state = any(%(states)s::plow.node_state[]))
   and (%(locked)s::boolean is null or locked = %(locked)s::boolean)
   and (%(regex)s::text is null or name ~ %(regex)s::text)
 order by name
 limit %(most)s::int;

-- name: nodes_where
-- Planned anew each time, as jobs_where is.
select shown.*
  from (select node.id
          from plow.node
          left join plow.node_counter as counter on counter.node_id = node.id
          left join plow.node_report as report on report.node_id = node.id
          left join plow.cluster on cluster.id = node.cluster_id
          left join plow.uncallable on uncallable.node_id = node.id and uncallable.is_shut
         where (%(regex)s::text is null or node.name ~ %(regex)s::text)
           and {where}
         order by node.name
         limit %(most)s::int) as found
 cross join lateral (select * from plow.node_view where node_view.id = found.id offset 0) as shown
 order by shown.name;

-- name: reservations
select plow.reservation_of(node) as reservation
  from plow.reservation join plow.node on node.id = reservation.node_id
 where reservation.kept_until > plow.now()
 order by reservation.starts, node.name;
