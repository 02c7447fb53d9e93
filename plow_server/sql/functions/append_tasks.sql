-- append_tasks(layer, names, numbers, frames, range) returns setof uuid, the new tasks in their order
-- Adds tasks at the end of a layer of an unfinished job, with frames where a range is given. What the job or the layer
-- waits for holds them too, and whoever waits for the layer waits for them.
-- Locks: job and layer counters of the job.  Changes: layer, task, waiting, counters of tasks.  Rings: plow_farm.
-- Raises: NotFound; Invalid frames for named tasks, or names for frames; NotAllowed a job that is over; AlreadyExists.
create or replace function plow.append_tasks(
  p_layer uuid, p_task_name text[], p_task_number int[], p_task_frames text[], p_range text
) returns setof uuid language plpgsql as $$
declare
  v_layer plow.layer;
  v_task uuid[] := plow.new_ids(cardinality(p_task_name));
  v_taken text;
  v_ord int;
begin
  select * into v_layer from plow.layer where id = p_layer;
  if not found then
    raise exception 'no layer ''%''', p_layer using errcode = 'PW001';
  elsif (v_layer.range is null) <> (p_range is null) then
    raise exception 'layer ''%'' has %', v_layer.name,
      case when p_range is null then 'frames, not named tasks' else 'named tasks, no frames' end using errcode = 'PW003';
  end if;
  perform plow.open_job(v_layer.job_id);
  select name into v_taken from plow.task where job_id = v_layer.job_id and name = any(p_task_name) limit 1;
  if found then
    raise exception 'the job has a task ''%'' already', v_taken using errcode = 'PW002';
  end if;

  select coalesce(max(ord) + 1, 0) into v_ord from plow.task where layer_id = p_layer;
  perform plow.insert_tasks(
    array[v_layer.job_id], array[p_layer], v_task, jsonb_build_array(jsonb_build_object('place', 1, 'first', 1 - v_ord)),
    array_fill(1, array[cardinality(p_task_name)]), p_task_name, p_task_number, p_task_frames);
  update plow.layer set range = range || ',' || p_range where id = p_layer and p_range is not null;
  if p_range is null then  -- no column tells of them
    perform plow.note('layer', p_layer, v_layer.job_id, 'tasks', v_ord::text, (v_ord + cardinality(p_task_name))::text);
  end if;
  perform pg_notify('plow_farm', '');
  return query select unnest(v_task);
end
$$;
