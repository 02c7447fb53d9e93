-- set_node_state(node, state) returns void
-- Sets a node aside (REPAIR: nothing new, what runs goes on) or takes it back (UP). DOWN is what silence makes.
-- UP also ends the wish to reboot it, should the node never have heard of that; one that has heard goes on draining.
-- Either way it is somebody's own decision from then on: why the farm set it aside, and its failures, are forgotten.
-- Locks: node counter.  Changes: node, node_streak.  Rings: plow_farm.
-- Raises: NotFound; Invalid DOWN; NotAllowed UP for a node that is silent.
create or replace function plow.set_node_state(p_node uuid, p_state plow.node_state) returns void language plpgsql as $$
declare
  v_node plow.node;
begin
  perform plow.lock_rows(null, null, null, null, array[p_node]);
  select * into v_node from plow.node where id = p_node;
  if not found then
    raise exception 'no node ''%''', p_node using errcode = 'PW001';
  elsif p_state = 'DOWN' then
    raise exception 'nobody sets a node DOWN: that is a node that is silent' using errcode = 'PW003';
  elsif p_state = 'UP' and v_node.state = 'DOWN' then
    raise exception 'node ''%'' is DOWN: it is UP again with its next ping', v_node.name using errcode = 'PW004';
  end if;
  update plow.node set state = p_state, state_reason = '', is_rebooting = is_rebooting and p_state <> 'UP' where id = p_node;
  delete from plow.node_streak where node_id = p_node;
  perform pg_notify('plow_farm', '');
end
$$;
