-- find_tasks(job, layers, tasks, nodes, states, since, limit, offset) returns task ids in layer and task order
-- Null criteria are not asked for, the others must all hold. A node's tasks are those that it holds now.
-- Planned anew each time: one plan for all criteria would read every task of the farm.
-- Raises: Invalid without a job, layer, task or node: it would be the whole farm; NotAllowed an archived job.
create or replace function plow.find_tasks(
  p_job uuid, p_layer uuid[], p_task uuid[], p_node uuid[], p_state plow.task_state[] default null,
  p_since timestamptz default null, p_limit int default null, p_offset int default 0
) returns setof uuid language plpgsql stable rows 100 set plan_cache_mode = force_custom_plan as $$
begin
  if num_nonnulls(p_job, p_layer, p_task, p_node) = 0 then
    raise exception 'a filter for tasks needs a job, layers, tasks or nodes' using errcode = 'PW003';
  end if;
  perform plow.unarchived(array[p_job], p_layer);
  return query
  select task.id
    from plow.task
    join plow.layer on layer.id = task.layer_id
   where (p_job is null or task.job_id = p_job)
     and (p_layer is null or task.layer_id = any(p_layer))
     and (p_task is null or task.id = any(p_task))
     and (p_node is null or task.id = any(array(
            select proc.task_id from plow.proc where proc.node_id = any(p_node) and proc.state <> 'KILLING')))
     and (p_state is null or task.state = any(p_state))
     and (p_since is null or task.updated >= p_since)
   order by task.job_id, layer.sort_order, task.ord
   limit p_limit offset p_offset;
end
$$;
