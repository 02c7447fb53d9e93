-- find_tasks_after(after, job, layers, states, since, limit) returns the task ids that come next in layer and task order
-- Null criteria are not asked for, the others must all hold. It goes on from a task, not from a count of them, so that
-- nothing is left out or comes twice where tasks change their state or are added between two pages; and from there it
-- reads each layer through its index, so that the last page of a million costs what the second does.
-- Raises: Invalid without a job or layers; NotFound where the task is gone; NotAllowed an archived job.
create or replace function plow.find_tasks_after(
  p_after uuid, p_job uuid, p_layer uuid[], p_state plow.task_state[], p_since timestamptz, p_limit int
) returns setof uuid language plpgsql stable rows 100 as $$
declare
  v_after record;
  v_layer record;
  v_left int := p_limit;
  v_found int;
begin
  if num_nonnulls(p_job, p_layer) = 0 then
    raise exception 'to go on after a task needs a job or layers' using errcode = 'PW003';
  end if;
  perform plow.unarchived(array[p_job], p_layer);
  select layer.id as layer_id, layer.job_id, layer.sort_order, task.ord into v_after
    from plow.task join plow.layer on layer.id = task.layer_id
   where task.id = p_after;
  if not found then
    raise exception 'no task ''%''', p_after using errcode = 'PW001';
  end if;
  for v_layer in
    select layer.id
      from plow.layer
     where (p_job is null or layer.job_id = p_job)
       and (p_layer is null or layer.id = any(p_layer))
       and (layer.job_id, layer.sort_order) >= (v_after.job_id, v_after.sort_order)
     order by layer.job_id, layer.sort_order
  loop
    return query
    select task.id
      from plow.task
     where task.layer_id = v_layer.id
       and task.ord > case when v_layer.id = v_after.layer_id then v_after.ord else -1 end
       and (p_state is null or task.state = any(p_state))
       and (p_since is null or task.updated >= p_since)
     order by task.ord
     limit v_left;
    get diagnostics v_found = row_count;
    v_left := v_left - v_found;
    exit when v_left <= 0;
  end loop;
end
$$;
