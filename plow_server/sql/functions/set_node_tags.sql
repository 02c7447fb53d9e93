-- set_node_tags(node, tags) returns void
-- Locks: node counter.  Changes: node.  Raises: NotFound; Invalid.  Rings: plow_farm.
create or replace function plow.set_node_tags(p_node uuid, p_tags text[]) returns void language plpgsql as $$
begin
  perform plow.lock_rows(null, null, null, null, array[p_node]);
  update plow.node set tags = plow.checked_tags(p_tags) where id = p_node;
  if not found then
    raise exception 'no node ''%''', p_node using errcode = 'PW001';
  end if;
  perform pg_notify('plow_farm', '');
end
$$;
