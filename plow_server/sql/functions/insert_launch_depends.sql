-- insert_launch_depends(job, post job, layer ids, task ids, layers, …) returns void
-- The depends of a launch. One on work of another job that has finished meanwhile is satisfied at birth.
-- Locks: nothing; launch_job holds the locks of the other jobs and layers.  Changes: depend.
create or replace function plow.insert_launch_depends(
  p_job uuid, p_post uuid, p_layer uuid[], p_task uuid[], p_layers jsonb,
  p_type plow.depend_type[], p_dependent_layer int[], p_dependent_task int[], p_on_layer int[], p_on_task int[],
  p_on_job_id uuid[], p_on_layer_id uuid[], p_on_task_id uuid[]
) returns void language plpgsql as $$
declare
  v_now timestamptz := plow.now();
begin
  insert into plow.depend (type, is_active, created, satisfied, dependent_job_id, dependent_layer_id,
                           dependent_task_id, on_job_id, on_layer_id, on_task_id)
  select row.type, not row.done, v_now, case when row.done then v_now end, row.job_id, row.layer_id, row.task_id,
         row.on_job_id, row.on_layer_id, row.on_task_id
    from (
      select depend.type,
             coalesce(owner.job_id, p_job) as job_id,
             p_layer[depend.layer] as layer_id,
             p_task[depend.task] as task_id,
             coalesce(depend.on_job_id, owner.job_id, p_job) as on_job_id,
             coalesce(depend.on_layer_id, p_layer[depend.on_layer]) as on_layer_id,
             coalesce(depend.on_task_id, p_task[depend.on_task]) as on_task_id,
             depend.on_job_id is not null
               and plow.is_done(depend.on_job_id, depend.on_layer_id, depend.on_task_id) as done
        from unnest(p_type, p_dependent_layer, p_dependent_task, p_on_layer, p_on_task, p_on_job_id, p_on_layer_id,
                    p_on_task_id)
          as depend (type, layer, task, on_layer, on_task, on_job_id, on_layer_id, on_task_id)
        left join (
          select place, case when post then p_post else p_job end as job_id
            from jsonb_to_recordset(p_layers) as spec (place int, post boolean)) as owner on owner.place = depend.layer
    ) as row;
end
$$;
