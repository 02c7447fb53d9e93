-- append_layers(job, layers, task layers, names, numbers, frames) returns setof uuid, the new layers in their order
-- Adds layers with their tasks to an unfinished job; the arguments are those of launch_job. What the whole job waits
-- for holds the new tasks too. Depends of their own follow by add_depends in the same transaction.
-- Locks: job and layer counters of the job; the pools and limits that are named, shared.
-- Changes: layer, task, waiting, counters of tasks.  Rings: plow_farm.
-- Raises: NotFound job, pool or limit; NotAllowed a job that is over; AlreadyExists the name of a layer or task.
create or replace function plow.append_layers(
  p_job uuid, p_layers jsonb, p_task_layer int[], p_task_name text[], p_task_number int[], p_task_frames text[]
) returns setof uuid language plpgsql as $$
declare
  v_job plow.job := plow.open_job(p_job);
  v_layer uuid[] := plow.new_ids(jsonb_array_length(p_layers));
  v_after int;
  v_name text;
begin
  select layer.name into v_name
    from jsonb_to_recordset(p_layers) as spec (name text)
    join plow.layer on layer.job_id = p_job and layer.name = spec.name limit 1;
  if found then
    raise exception 'job ''%'' has a layer ''%'' already', v_job.name, v_name using errcode = 'PW002';
  end if;
  select coalesce(max(sort_order) + 1, 0) into v_after from plow.layer where job_id = p_job;
  perform plow.insert_layers(p_job, null, v_layer, p_layers, v_after);
  perform plow.insert_tasks(array[p_job], v_layer, plow.new_ids(cardinality(p_task_name)), p_layers, p_task_layer,
                            p_task_name, p_task_number, p_task_frames);
  perform plow.share_named('{}', v_layer);
  perform pg_notify('plow_farm', '');
  return query select unnest(v_layer);
end
$$;
