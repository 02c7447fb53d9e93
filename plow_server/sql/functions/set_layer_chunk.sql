-- set_layer_chunk(layer, chunk, names, numbers, frames) returns void
-- Cuts a layer's frames into tasks anew: the old tasks go, the new ones come. Only while none of them has begun or
-- was eaten, and no depend names one of them, for it would wait for what is not there.
-- Locks: job and layer counters of the job.  Changes: layer, task, waiting, counters of tasks.  Rings: plow_farm.
-- Raises: NotFound; Invalid a layer without frames; NotAllowed, saying why; AlreadyExists the name of a task.
create or replace function plow.set_layer_chunk(
  p_layer uuid, p_chunk int, p_task_name text[], p_task_number int[], p_task_frames text[]
) returns void language plpgsql as $$
declare
  v_layer plow.layer;
begin
  select * into v_layer from plow.layer where id = p_layer;
  if not found then
    raise exception 'no layer ''%''', p_layer using errcode = 'PW001';
  elsif v_layer.range is null then
    raise exception 'layer ''%'' has named tasks, no frames', v_layer.name using errcode = 'PW003';
  end if;
  perform plow.open_job(v_layer.job_id);
  if exists (select from plow.task where layer_id = p_layer and (retries >= 0 or state not in ('WAITING', 'DEPEND')))
     or exists (select from plow.layer_counter where layer_id = p_layer and run_procs > 0) then
    raise exception 'layer ''%'' has begun: its chunk stays %', v_layer.name, v_layer.chunk using errcode = 'PW004';
  elsif exists (select from plow.depend where dependent_layer_id = p_layer and dependent_task_id is not null)
        or exists (select from plow.depend where on_layer_id = p_layer and on_task_id is not null) then
    raise exception 'layer ''%'' has depends from or on single tasks: its chunk stays %', v_layer.name, v_layer.chunk
      using errcode = 'PW004';
  end if;

  delete from plow.waiting where layer_id = p_layer;
  delete from plow.task where layer_id = p_layer;
  update plow.job_counter as c
     set total = c.total - own.total, waiting = c.waiting - own.waiting, depend = c.depend - own.depend
    from plow.layer_counter as own
   where own.layer_id = p_layer and c.job_id = v_layer.job_id;
  update plow.layer_counter set total = 0, waiting = 0, depend = 0, ready = 0, next_ord = 0 where layer_id = p_layer;
  update plow.layer set chunk = p_chunk where id = p_layer;
  perform plow.insert_tasks(
    array[v_layer.job_id], array[p_layer], plow.new_ids(cardinality(p_task_name)), '[{"place": 1, "first": 1}]',
    array_fill(1, array[cardinality(p_task_name)]), p_task_name, p_task_number, p_task_frames);
  perform pg_notify('plow_farm', '');
end
$$;
