-- set_layer_run(layer, settings) returns void
-- How a layer's attempts run from the next start on; what is not said stays, an empty list takes a setting away.
-- It may be what was wrong: nothing of the layer waits any longer for a wrapper or a licence.
-- Locks: layer counter.  Changes: layer, retry_wait.  Rings: plow_farm.  Raises: NotFound.
create or replace function plow.set_layer_run(p_layer uuid, p_run jsonb) returns void language plpgsql as $$
begin
  perform plow.lock_rows(null, null, null, array[p_layer], null);
  update plow.layer set run = plow.merged_run(run, p_run) where id = p_layer;
  if not found then
    raise exception 'no layer ''%''', p_layer using errcode = 'PW001';
  end if;
  delete from plow.retry_wait where layer_id = p_layer;
  perform pg_notify('plow_farm', '');
end
$$;
