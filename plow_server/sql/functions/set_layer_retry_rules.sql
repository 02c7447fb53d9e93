-- set_layer_retry_rules(layer, rules) returns void
-- When the layer's failed attempts are tried again: what is not said stays; an empty list of exits takes them away.
-- Locks: layer counter.  Changes: layer.  Raises: NotFound.
create or replace function plow.set_layer_retry_rules(p_layer uuid, p_rules jsonb) returns void language plpgsql as $$
begin
  perform plow.lock_rows(null, null, null, array[p_layer], null);
  update plow.layer
     set retry_exits = case when p_rules ? 'exits' then plow.exits(p_rules) else retry_exits end,
         retry_delay_s = coalesce((p_rules ->> 'delayS')::int, retry_delay_s),
         retry_most_s = coalesce((p_rules ->> 'mostDelayS')::int, retry_most_s)
   where id = p_layer;
  if not found then
    raise exception 'no layer ''%''', p_layer using errcode = 'PW001';
  end if;
end
$$;
