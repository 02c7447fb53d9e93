-- set_layer_command(layer, command, env, reason, keep) returns int, the new version
-- Another command and environment for what starts from now on; what runs goes on with its own. The newest versions are
-- kept; what the first was stands in the job's spec, too.
-- Locks: layer counter.  Changes: layer, layer_version.  Raises: NotFound.
create or replace function plow.set_layer_command(p_layer uuid, p_command text[], p_env jsonb, p_reason text, p_keep int default 100)
returns int language plpgsql as $$
declare
  v_version int;
begin
  perform plow.lock_rows(null, null, null, array[p_layer], null);
  insert into plow.layer_version (layer_id, version, created, actor, command, env, reason)
  select layer.id, 1, job.created, job.username, layer.command, layer.env, 'as launched'
    from plow.layer join plow.job on job.id = layer.job_id
   where layer.id = p_layer and layer.version = 1;
  update plow.layer set command = p_command, env = p_env, version = version + 1 where id = p_layer
  returning version into v_version;
  if not found then
    raise exception 'no layer ''%''', p_layer using errcode = 'PW001';
  end if;
  insert into plow.layer_version (layer_id, version, actor, command, env, reason)
  values (p_layer, v_version, plow.actor(), p_command, p_env, p_reason);
  delete from plow.layer_version where layer_id = p_layer and version <= v_version - p_keep;
  return v_version;
end
$$;
