-- note_callable(nodes) returns void
-- Nodes have answered a call: what failed before is forgotten, and they may be booked on.
-- Changes: uncallable.  Rings: plow_farm, where a node was shut.
create or replace function plow.note_callable(p_node uuid[]) returns void language plpgsql as $$
begin
  if exists (select from plow.uncallable where node_id = any(p_node) and is_shut) then
    perform pg_notify('plow_farm', '');
  end if;
  delete from plow.uncallable
   where node_id in (select node_id from plow.uncallable where node_id = any(p_node) order by node_id for update);
end
$$;
