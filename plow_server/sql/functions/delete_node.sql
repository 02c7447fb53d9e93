-- delete_node(node) returns void
-- Forgets a node; history keeps its name. Should it ping again, it is new.
-- Locks: node_report row, node counter.  Changes: node and what belongs to it.  Rings: plow_farm.
-- Raises: NotFound; NotAllowed while it is not DOWN, or has procs.
create or replace function plow.delete_node(p_node uuid) returns void language plpgsql as $$
declare
  v_node plow.node;
begin
  perform from plow.node_report where node_id = p_node for update;  -- before the counter, as a ping does
  v_node := plow.idle_node(p_node);
  if v_node.state <> 'DOWN' then
    raise exception 'node ''%'' is %: only a node that is DOWN is deleted', v_node.name, v_node.state
      using errcode = 'PW004';
  end if;
  delete from plow.node where id = p_node;
  perform pg_notify('plow_farm', '');
end
$$;
