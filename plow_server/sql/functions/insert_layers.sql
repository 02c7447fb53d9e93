-- insert_layers(job, post job, layer ids, layers, after) returns void
-- The layers of a launch, or those that come after so many of a living job; counters follow with the tasks.
-- Changes: layer, layer_stat.
create or replace function plow.insert_layers(
  p_job uuid, p_post uuid, p_layer uuid[], p_layers jsonb, p_after int default 0
) returns void language plpgsql as $$
begin
  insert into plow.layer (id, job_id, name, sort_order, range, chunk, command, env, service, tags,
                          min_cores, max_cores, min_ram, max_ram, max_retries, threadable, priority, kill_grace_s)
  select p_layer[spec.place], case when spec.post then p_post else p_job end, spec.name,
         row_number() over (partition by spec.post order by spec.place) - 1 + p_after,
         spec.range, spec.chunk, spec.command, spec.env, spec.service, spec.tags,
         spec.min_cores, spec.max_cores, spec.min_ram, spec.max_ram, spec.max_retries, spec.threadable,
         coalesce(spec.priority, 0), spec.kill_grace_s
    from jsonb_to_recordset(p_layers) as spec (
           place int, post boolean, name text, range text, chunk int, command text[], env jsonb, service text,
           tags text[], min_cores int, max_cores int, min_ram int, max_ram int, max_retries int, threadable boolean,
           priority int, kill_grace_s int);
  insert into plow.layer_stat (layer_id) select unnest(p_layer);
end
$$;
