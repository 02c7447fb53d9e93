-- insert_layers(job, post job, layer ids, layers, after) returns void
-- The layers of a launch, or those that come after so many of a living job; counters follow with the tasks.
-- A layer that names no pools has its job's. What earlier attempts say of each stands in it from the start.
-- The caller shares the pools and limits that are named (share_named).  Changes: layer, layer_stat.
-- Raises: NotFound a pool or limit.
create or replace function plow.insert_layers(
  p_job uuid, p_post uuid, p_layer uuid[], p_layers jsonb, p_after int default 0
) returns void language plpgsql as $$
begin
  insert into plow.layer (id, job_id, name, sort_order, range, chunk, command, env, service, tags,
                          min_cores, max_cores, min_ram, max_ram, max_retries, threadable, priority, kill_grace_s,
                          run, limits_ram, has_own_pools, pools, limits, os, node_cores, node_ram, whole_node, gpus,
                          gpu_ram, max_per_node, fit_ram, retry_exits, retry_delay_s, retry_most_s,
                          predicted_ram, predicted_cores, predicted_clock_ms, predicted_confidence, predicted_samples,
                          predicted_basis, ram_profile, profile_first, profile_step)
  select p_layer[spec.place], case when spec.post then p_post else p_job end, spec.name,
         row_number() over (partition by spec.post order by spec.place) - 1 + p_after,
         spec.range, spec.chunk, spec.command, spec.env, spec.service, spec.tags,
         spec.min_cores, spec.max_cores, spec.min_ram, spec.max_ram, spec.max_retries, spec.threadable,
         coalesce(spec.priority, 0), spec.kill_grace_s, spec.run, coalesce(spec.limits_ram, false),
         wish.needs ? 'pools',
         case when wish.needs ? 'pools' then plow.pool_ids(wish.needs -> 'pools')
              else (select job.pools from plow.job where job.id = p_job) end,
         plow.limit_ids(wish.needs -> 'limits'), coalesce(wish.needs ->> 'os', ''),
         coalesce((wish.needs ->> 'nodeCores')::int, 0), coalesce((wish.needs ->> 'nodeRam')::int, 0),
         coalesce((wish.needs ->> 'wholeNode')::boolean, false),
         coalesce((wish.needs ->> 'gpus')::int, 0), coalesce((wish.needs ->> 'gpuRam')::int, 0),
         coalesce((wish.needs ->> 'maxPerNode')::int, 0), coalesce((wish.needs ->> 'fitRam')::boolean, false),
         plow.exits(wish.retry_rules), coalesce((wish.retry_rules ->> 'delayS')::int, 0),
         coalesce((wish.retry_rules ->> 'mostDelayS')::int, 3600),
         case when past.is_sure then past.ram end, past.cores, past.clock_ms, coalesce(past.confidence, 0), coalesce(past.samples, 0),
         coalesce(past.basis, ''), nullif(past.profile, '{}'), past.profile_first, past.profile_step
    from jsonb_to_recordset(p_layers) as spec (
           place int, post boolean, name text, range text, chunk int, command text[], env jsonb, service text,
           tags text[], min_cores int, max_cores int, min_ram int, max_ram int, max_retries int, threadable boolean,
           priority int, kill_grace_s int, run jsonb, limits_ram boolean, needs jsonb, retry_rules jsonb)
   cross join lateral (select coalesce(spec.needs, '{}'), spec.retry_rules) as wish (needs, retry_rules)
    left join (
      select past.* from plow.job
       cross join lateral plow.predict_layers(job.project_id, job.name, p_layers) as past
       where job.id = p_job) as past on past.place = spec.place;
  insert into plow.layer_stat (layer_id) select unnest(p_layer);
end
$$;
