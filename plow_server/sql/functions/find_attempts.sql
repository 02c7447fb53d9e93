-- find_attempts(jobs, layers, tasks, nodes, ends, since, before, limit, offset) returns (id, stopped), newest first
-- Null criteria are not asked for, the others must all hold. A layer's attempts are looked up among its job's.
-- Planned anew each time, as find_tasks is.
-- Raises: Invalid without a job, layer, task or node: it would be all history.
create or replace function plow.find_attempts(
  p_job uuid[], p_layer uuid[], p_task uuid[], p_node text[], p_end plow.attempt_end[] default null,
  p_since timestamptz default null, p_before timestamptz default null, p_limit int default null, p_offset int default 0
) returns table (id uuid, stopped timestamptz)
language plpgsql stable rows 100 set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
begin
  if num_nonnulls(p_job, p_layer, p_task, p_node) = 0 then
    raise exception 'a filter for attempts needs jobs, layers, tasks or nodes' using errcode = 'PW003';
  end if;
  if p_layer is not null and p_task is null then
    p_job := array(select distinct job_id from plow.layer
                    where layer.id = any(p_layer) and (p_job is null or job_id = any(p_job)));
  end if;
  return query
  select attempt.id, attempt.stopped
    from plow.attempt
   where (p_job is null or job_id = any(p_job))
     and (p_layer is null or layer_id = any(p_layer))
     and (p_task is null or task_id = any(p_task))
     and (p_node is null or node = any(p_node))
     and (p_end is null or end_reason = any(p_end))
     and (p_since is null or attempt.stopped >= p_since)
     and (p_before is null or attempt.stopped < p_before)
   order by attempt.stopped desc, attempt.id desc
   limit p_limit offset p_offset;
end
$$;
