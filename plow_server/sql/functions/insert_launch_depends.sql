-- insert_launch_depends(job, post job, layer ids, task ids, layers, …) returns void
-- The depends of a launch. One on work of another job that has finished is satisfied at birth; launch_job looks
-- again for what finishes later.
-- Locks: nothing.  Changes: depend.
create or replace function plow.insert_launch_depends(
  p_job uuid, p_post uuid, p_layer uuid[], p_task uuid[], p_layers jsonb,
  p_type plow.depend_type[], p_dependent_layer int[], p_dependent_task int[], p_on_layer int[], p_on_task int[],
  p_on_job_id uuid[], p_on_layer_id uuid[], p_on_task_id uuid[]
) returns void language plpgsql as $$
declare
  v_now timestamptz := plow.now();
  v_depend uuid[] := plow.new_ids(cardinality(p_type));
  v_job uuid[];  -- of each layer, by its place
begin
  select array_agg(case when spec.post then p_post else p_job end order by spec.place) into v_job
    from jsonb_to_recordset(p_layers) as spec (place int, post boolean);

  insert into plow.depend (id, type, is_by_frame, is_active, created, satisfied, dependent_job_id, dependent_layer_id,
                           dependent_task_id, on_job_id, on_layer_id, on_task_id)
  select v_depend[want.place], plow.stored_type(want.type), want.type = 'TASK_BY_TASK', not want.done, v_now,
         case when want.done then v_now end, coalesce(v_job[want.layer], p_job), p_layer[want.layer], p_task[want.task],
         coalesce(want.on_job_id, v_job[want.layer], p_job),
         coalesce(want.on_layer_id, p_layer[want.on_layer]),
         coalesce(want.on_task_id, p_task[want.on_task])
    from (
      select given.*,
             on_job_id is not null and plow.is_done(on_job_id, on_layer_id, on_task_id) as done
        from unnest(p_type, p_dependent_layer, p_dependent_task, p_on_layer, p_on_task, p_on_job_id, p_on_layer_id,
                    p_on_task_id) with ordinality
          as given (type, layer, task, on_layer, on_task, on_job_id, on_layer_id, on_task_id, place)) as want;
end
$$;
