-- insert_tasks(jobs, layer ids, task ids, layers, task layers, names, numbers, frames) returns void
-- The tasks of a launch, after its depends: whoever waits for something begins in DEPEND. Sets every counter once.
-- Changes: task, waiting, layer_counter, job_counter.
create or replace function plow.insert_tasks(
  p_job uuid[], p_layer uuid[], p_task uuid[], p_layers jsonb, p_task_layer int[], p_task_name text[],
  p_task_number int[], p_task_frames text[]
) returns void language plpgsql as $$
declare
  v_now timestamptz := plow.now();
begin
  with
  spec as (
    select spec.place, spec.first, layer.id as layer_id, layer.job_id, layer.min_ram,
           (select count(*) from plow.depend
             where is_active and dependent_job_id = layer.job_id
               and (type = 'JOB_ON_JOB' or type in ('LAYER_ON_LAYER', 'LAYER_ON_TASK') and dependent_layer_id = layer.id)
           )::int as open
      from jsonb_to_recordset(p_layers) as spec (place int, first int)
      join plow.layer on layer.id = p_layer[spec.place]
  ),
  own as (
    select dependent_task_id as task_id, count(*)::int as open
      from plow.depend
     where is_active and dependent_job_id = any(p_job) and dependent_task_id is not null
     group by dependent_task_id
  ),
  made as (
    insert into plow.task (id, layer_id, job_id, name, number, frames, ord, min_ram, depend_count, updated, state)
    select given.id, spec.layer_id, spec.job_id, given.name, given.number, given.frames, given.place - spec.first,
           spec.min_ram, spec.open + coalesce(own.open, 0), v_now,
           case when spec.open + coalesce(own.open, 0) > 0 then 'DEPEND' else 'WAITING' end::plow.task_state
      from unnest(p_task, p_task_layer, p_task_name, p_task_number, p_task_frames) with ordinality
        as given (id, layer, name, number, frames, place)
      join spec on spec.place = given.layer
      left join own on own.task_id = given.id
    returning id, layer_id, job_id, ord, state
  ),
  ready as (
    insert into plow.waiting (layer_id, ord, task_id)
    select layer_id, ord, id from made where state = 'WAITING' order by layer_id, ord
  ),
  layers as (
    insert into plow.layer_counter (layer_id, total, waiting, depend, ready)
    select layer_id, count(*), count(*) filter (where state = 'WAITING'), count(*) filter (where state = 'DEPEND'),
           count(*) filter (where state = 'WAITING')
      from made group by layer_id
  )
  update plow.job_counter as c set total = s.total, waiting = s.total - s.depend, depend = s.depend
    from (select job_id, count(*) as total, count(*) filter (where state = 'DEPEND') as depend
            from made group by job_id) as s
   where c.job_id = s.job_id;
end
$$;
