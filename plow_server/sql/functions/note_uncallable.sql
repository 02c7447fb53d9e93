-- note_uncallable(node, why, most) returns boolean, whether the node is shut now
-- A call to a node has failed. After `most` in a row nothing is booked there until it answers one (note_callable).
-- A node that is not there any more is passed over.
-- Locks: node row, key shared: before the row that is deleted with it.  Changes: uncallable.
create or replace function plow.note_uncallable(p_node uuid, p_why text, p_most int)
returns boolean language sql as $$
  insert into plow.uncallable as u (node_id, since, calls, why, is_shut)
  select node.id, plow.now(), 1, left(p_why, 500), p_most <= 1 from plow.node where node.id = p_node for key share
  on conflict (node_id) do update
     set calls = least(u.calls, 1000000) + 1, why = excluded.why, is_shut = u.is_shut or u.calls + 1 >= p_most
  returning is_shut
$$;
