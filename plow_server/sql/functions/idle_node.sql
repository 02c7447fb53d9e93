-- idle_node(node) returns plow.node
-- The row of a node that holds no proc, locked so that it stays so.
-- Locks: node counter.  Raises: NotFound; NotAllowed while it has procs.
create or replace function plow.idle_node(p_node uuid) returns plow.node language plpgsql as $$
declare
  v_node plow.node;
begin
  perform plow.lock_rows(null, null, null, null, array[p_node]);
  select * into v_node from plow.node where id = p_node;
  if not found then
    raise exception 'no node ''%''', p_node using errcode = 'PW001';
  elsif exists (select from plow.node_counter where node_id = p_node and run_procs > 0) then
    raise exception 'node ''%'' has procs', v_node.name using errcode = 'PW004';
  end if;
  return v_node;
end
$$;
