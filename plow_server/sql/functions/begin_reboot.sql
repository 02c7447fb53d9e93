-- begin_reboot(node) returns text, where the node is to be told
-- Once this returns, nothing starts on the node until it has booted anew (ping_node).
-- Locks: node_report row, node counter.  Changes: node, node_report.  Rings: plow_farm.
-- Raises: NotFound; NotAllowed a node that is DOWN.
create or replace function plow.begin_reboot(p_node uuid) returns text language plpgsql as $$
declare
  v_node plow.node;
begin
  perform from plow.node_report where node_id = p_node for update;  -- before the counter, as a ping does
  perform plow.lock_rows(null, null, null, null, array[p_node]);
  select * into v_node from plow.node where id = p_node;
  if not found then
    raise exception 'no node ''%''', p_node using errcode = 'PW001';
  elsif v_node.state = 'DOWN' then
    raise exception 'node ''%'' is DOWN: it cannot be told to reboot', v_node.name using errcode = 'PW004';
  end if;
  update plow.node set is_rebooting = true where id = p_node;
  update plow.node_report set is_draining = true where node_id = p_node;
  perform pg_notify('plow_farm', '');
  return v_node.address;
end
$$;
