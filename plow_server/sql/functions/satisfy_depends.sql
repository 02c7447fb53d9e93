-- satisfy_depends(depends) returns a row for each layer that waited, with how many of its tasks may run now
-- Makes active depends inactive and counts them down in the tasks that waited; a task with none left goes from
-- DEPEND to WAITING. Depends that are not active, or not there, are passed over. A layer that was appended to a waiting
-- job before its lock was taken is told like the others.
-- Locks: job and layer counters of the dependents; folder_done rows of killed ones.
-- Changes: depend, task, waiting, job and layer counters, folder_done.
create or replace function plow.satisfy_depends(p_depend uuid[])
returns table (layer_id uuid, job_id uuid, woken int) language plpgsql as $$
#variable_conflict use_column
declare
  v_job uuid[];
  v_whole uuid[];
  v_layer uuid[];
  v_free uuid[];
begin
  -- For inactive ones too: they may be made active before the locks are held.
  select array_agg(distinct dependent_job_id) into v_job
    from plow.depend where id = any(p_depend);
  v_whole := array(select distinct dependent_job_id from plow.depend where id = any(p_depend) and type = 'JOB_ON_JOB');
  select array_agg(waiting.layer_id) into v_layer from (
    select depend.dependent_layer_id from plow.depend
     where id = any(p_depend) and dependent_layer_id is not null
    union
    select layer.id from plow.layer where layer.job_id = any(v_whole)) as waiting (layer_id);
  perform plow.lock_rows(null, null, v_job, v_layer, null, v_whole);
  perform plow.lock_done(array(select distinct folder_id from plow.job where id = any(v_job) and state = 'FINISHED'));

  with
  satisfied as (
    update plow.depend set is_active = false, satisfied = plow.now()
     where id = any(p_depend) and is_active
    returning *
  ),
  step as (
    select dependent_task_id as task_id from satisfied where dependent_task_id is not null
    union all
    select task.id from satisfied join plow.task on task.layer_id = satisfied.dependent_layer_id
     where satisfied.type in ('LAYER_ON_LAYER', 'LAYER_ON_TASK')
    union all
    select task.id from satisfied join plow.task on task.job_id = satisfied.dependent_job_id
     where satisfied.type = 'JOB_ON_JOB'
  ),
  counted as (
    update plow.task set depend_count = task.depend_count - s.n, updated = plow.now()
      from (select task_id, count(*)::int as n from step group by task_id) as s
     where task.id = s.task_id
    returning task.id, task.depend_count, task.state
  )
  select array_agg(id) into v_free from counted where depend_count = 0 and state = 'DEPEND';
  perform plow.move_tasks(v_free, 'WAITING');

  return query
  with free as (
    select task.layer_id, count(*)::int as n from plow.task where task.id = any(v_free) group by task.layer_id
  )
  select layer.id, layer.job_id, coalesce(free.n, 0)
    from (select unnest(v_layer) as id union select free.layer_id from free) as touched
    join plow.layer using (id)
    left join free on free.layer_id = layer.id;
end
$$;
