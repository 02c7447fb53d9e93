-- hold_dependents(depends) returns void
-- Counts active depends up in the tasks that wait for them, as satisfy_depends counts them down.
-- Locks: nothing; the caller holds the locks of the dependents' jobs and layers.
-- Changes: task, waiting, counters of tasks.
create or replace function plow.hold_dependents(p_depend uuid[]) returns void language plpgsql as $$
declare
  v_task uuid[];
  v_step int[];
begin
  select array_agg(task_id), array_agg(n) into v_task, v_step
    from (
      select task_id, count(*) as n
        from (
          select dependent_task_id as task_id from plow.depend
           where id = any(p_depend) and is_active and dependent_task_id is not null
          union all
          select task.id from plow.depend join plow.task on task.layer_id = depend.dependent_layer_id
           where depend.id = any(p_depend) and is_active and type in ('LAYER_ON_LAYER', 'LAYER_ON_TASK')
          union all
          select task.id from plow.depend join plow.task on task.job_id = depend.dependent_job_id
           where depend.id = any(p_depend) and is_active and type = 'JOB_ON_JOB') as each_kind
       group by task_id) as step;
  perform plow.move_tasks(array(select id from plow.task where id = any(v_task) and state = 'WAITING'), 'DEPEND');
  update plow.task set depend_count = task.depend_count + step.n, updated = plow.now()
    from unnest(v_task, v_step) as step (id, n) where task.id = step.id;
end
$$;
