-- insert_tasks(jobs, layer ids, task ids, layers, task layers, names, numbers, frames) returns void
-- The tasks of a launch, after its depends, or those that a living job gets in addition: whoever waits for something
-- begins in DEPEND. Adds to every counter once.
-- What belongs to a layer stands in arrays by its place, and nested loops are out: a new database has no
-- statistics yet, and a hundred thousand tasks joined the wrong way took a minute.
-- Changes: task, waiting, layer_counter, job_counter.
create or replace function plow.insert_tasks(
  p_job uuid[], p_layer uuid[], p_task uuid[], p_layers jsonb, p_task_layer int[], p_task_name text[],
  p_task_number int[], p_task_frames text[]
) returns void language plpgsql set enable_nestloop = off as $$
declare
  v_now timestamptz := plow.now();
  v_job uuid[];
  v_first int[];
  v_ram int[];
  v_open int[];
begin
  select array_agg(layer.job_id order by spec.place), array_agg(spec.first order by spec.place),
         array_agg(layer.min_ram order by spec.place), array_agg(coalesce(held.n, 0) order by spec.place)
    into v_job, v_first, v_ram, v_open
    from jsonb_to_recordset(p_layers) as spec (place int, first int)
    join plow.layer on layer.id = p_layer[spec.place]
    left join (
      select layer.id, count(*) as n
        from plow.depend
        join plow.layer on layer.job_id = depend.dependent_job_id
       where is_active and dependent_job_id = any(p_job)
         and (type = 'JOB_ON_JOB' or type in ('LAYER_ON_LAYER', 'LAYER_ON_TASK') and dependent_layer_id = layer.id)
       group by layer.id) as held on held.id = layer.id;

  with
  own as materialized (
    select dependent_task_id as task_id, count(*)::int as n
      from plow.depend
     where is_active and dependent_job_id = any(p_job) and dependent_task_id is not null
     group by dependent_task_id
  ),
  given as materialized (
    select task.*, v_open[task.layer] + coalesce(own.n, 0) as open
      from unnest(p_task, p_task_layer, p_task_name, p_task_number, p_task_frames) with ordinality
        as task (id, layer, name, number, frames, place)
      left join own on own.task_id = task.id
  ),
  made as (
    insert into plow.task (id, layer_id, job_id, name, number, frames, ord, min_ram, depend_count, updated, state)
    select id, p_layer[layer], v_job[layer], name, number, frames, place - v_first[layer], v_ram[layer], open, v_now,
           case when open > 0 then 'DEPEND' else 'WAITING' end::plow.task_state
      from given
  ),
  ready as (
    insert into plow.waiting (layer_id, ord, task_id)
    select p_layer[layer], place - v_first[layer], id from given where open = 0 order by 1, 2
  ),
  layers as (
    insert into plow.layer_counter (layer_id, total, waiting, depend, ready)
    select p_layer[layer], count(*), count(*) filter (where open = 0), count(*) filter (where open > 0),
           count(*) filter (where open = 0)
      from given group by layer
    on conflict (layer_id) do update
       set total = layer_counter.total + excluded.total, waiting = layer_counter.waiting + excluded.waiting,
           depend = layer_counter.depend + excluded.depend, ready = layer_counter.ready + excluded.ready
  )
  update plow.job_counter as c
     set total = c.total + s.total, waiting = c.waiting + s.total - s.depend, depend = c.depend + s.depend
    from (select v_job[layer] as job_id, count(*) as total, count(*) filter (where open > 0) as depend
            from given group by v_job[layer]) as s
   where c.job_id = s.job_id;
end
$$;
