-- drop_reboot(node) returns void
-- The node would not hear of a reboot. Whether it drains anyway says its next ping.
-- Changes: node.
create or replace function plow.drop_reboot(p_node uuid) returns void language sql as $$
  update plow.node set is_rebooting = false where id = p_node
$$;
