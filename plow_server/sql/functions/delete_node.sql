-- delete_node(node, silent seconds) returns void
-- Forgets a node; history keeps its name. Should it ping again, it is new. A node in REPAIR never becomes DOWN: it has
-- to be silent for so long.
-- Locks: node_report row, node counter.  Changes: node and what belongs to it.  Rings: plow_farm.
-- Raises: NotFound; NotAllowed while it gives signs of life, or has procs.
create or replace function plow.delete_node(p_node uuid, p_silent_s float8 default 30) returns void language plpgsql as $$
declare
  v_node plow.node;
begin
  perform from plow.node_report where node_id = p_node for update;  -- before the counter, as a ping does
  v_node := plow.idle_node(p_node);
  if v_node.state = 'UP' or v_node.state = 'REPAIR' and exists (
       select from plow.node_report
        where node_id = p_node and updated > plow.now() - make_interval(secs => p_silent_s)) then
    raise exception 'node ''%'' is % and pings: only a silent node is deleted', v_node.name, v_node.state
      using errcode = 'PW004';
  end if;
  perform plow.forget_avoids(null, p_node);
  delete from plow.node where id = p_node;
  perform pg_notify('plow_farm', '');
end
$$;
