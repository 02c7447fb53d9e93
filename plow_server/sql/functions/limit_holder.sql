-- limit_holder(per, node, user) returns text: who uses a limit, for all its tasks together; null where each task does
create or replace function plow.limit_holder(p_per plow.limit_per, p_node uuid, p_user text)
returns text language sql immutable as $$
  select case p_per when 'NODE' then p_node::text when 'USER' then p_user end
$$;
