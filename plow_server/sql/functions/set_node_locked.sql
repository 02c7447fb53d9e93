-- set_node_locked(node, locked) returns void
-- Once this returns, nothing starts on a locked node; what runs there goes on.
-- Locks: node counter.  Changes: node.  Raises: NotFound.  Rings: plow_farm.
create or replace function plow.set_node_locked(p_node uuid, p_locked boolean) returns void language plpgsql as $$
begin
  perform plow.lock_rows(null, null, null, null, array[p_node]);
  update plow.node set is_locked = p_locked where id = p_node;
  if not found then
    raise exception 'no node ''%''', p_node using errcode = 'PW001';
  end if;
  perform pg_notify('plow_farm', '');
end
$$;
