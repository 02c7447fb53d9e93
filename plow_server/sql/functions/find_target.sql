-- find_target(job, layer, task) returns (job_id, layer_id, task_id)
-- A job, a layer or a task by names or ids: the task if one is named, else the layer, else the job. A job's name
-- finds unfinished jobs only, its id finds any; with the id of a layer or task the job is not asked for.
-- Raises: NotFound.
create or replace function plow.find_target(p_job text, p_layer text, p_task text)
returns table (job_id uuid, layer_id uuid, task_id uuid) language plpgsql stable as $$
#variable_conflict use_column
declare
  v_job uuid;
begin
  if coalesce(plow.as_id(nullif(p_task, '')), plow.as_id(nullif(p_layer, ''))) is null
     or coalesce(p_layer, '') = '' and coalesce(p_task, '') = '' then
    select id into v_job from plow.job where id = plow.as_id(p_job) or active_name = p_job
     order by (id = plow.as_id(p_job)) desc nulls last limit 1;
    if not found then
      raise exception 'no unfinished job ''%''', coalesce(p_job, '') using errcode = 'PW001';
    end if;
  end if;

  if coalesce(p_task, '') <> '' then
    return query select task.job_id, task.layer_id, task.id from plow.task where id = plow.as_id(p_task);
    if not found then
      return query select task.job_id, task.layer_id, task.id from plow.task where job_id = v_job and name = p_task;
    end if;
    if not found then
      raise exception 'no task ''%''', p_task using errcode = 'PW001';
    end if;
  elsif coalesce(p_layer, '') <> '' then
    return query select layer.job_id, layer.id, null::uuid from plow.layer where id = plow.as_id(p_layer);
    if not found then
      return query select layer.job_id, layer.id, null::uuid from plow.layer where job_id = v_job and name = p_layer;
    end if;
    if not found then
      raise exception 'no layer ''%''', p_layer using errcode = 'PW001';
    end if;
  else
    return query select v_job, null::uuid, null::uuid;
  end if;
end
$$;
