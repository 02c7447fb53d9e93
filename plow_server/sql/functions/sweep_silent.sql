-- sweep_silent(seconds, gap) returns the names of the nodes that went DOWN
-- Nothing is booked on a node that is silent; what runs there is left alone (see sweep_lost).
-- Locks: node counters.  Changes: node.  Rings: plow_farm.
create or replace function plow.sweep_silent(p_silent_s float8, p_gap_s float8)
returns setof text language plpgsql as $$
declare
  v_node uuid[] := array(
    select node.id from plow.node join plow.silent_nodes(p_silent_s, p_gap_s) as silent on silent = node.id
     where node.state = 'UP');
begin
  if cardinality(v_node) = 0 then
    return;
  end if;
  perform plow.lock_rows(null, null, null, null, v_node);
  perform pg_notify('plow_farm', '');
  return query
  update plow.node set state = 'DOWN'
   where id = any(v_node) and state = 'UP' and id in (select plow.silent_nodes(p_silent_s, p_gap_s))
  returning name;
end
$$;
