-- add_depends(types, jobs, layers, tasks, jobs waited for, layers waited for, tasks waited for) returns setof uuid
-- Makes depends, all or none, in the order given. A task's depend names its layer too; a row of a TASK_BY_TASK comes as
-- such, with its two tasks. Waiting tasks that have to wait for something now become DEPEND; running ones go on. A
-- depend on work that is over is satisfied at birth.
-- Locks: the turn of those who make depends; job and layer counters of both sides.
-- Changes: depend, task, waiting, counters of tasks.
-- Raises: Invalid something that waits for itself, or a job for its post job; NotAllowed a finished dependent job; AlreadyExists.
create or replace function plow.add_depends(
  p_type plow.depend_type[], p_job uuid[], p_layer uuid[], p_task uuid[],
  p_on_job uuid[], p_on_layer uuid[], p_on_task uuid[]
) returns setof uuid language plpgsql as $$
declare
  v_now timestamptz := plow.now();
  v_depend uuid[] := plow.new_ids(cardinality(p_type));
  v_name text;
begin
  perform plow.take_depends_turn();
  perform plow.lock_rows(
    null, null, p_job || p_on_job,
    p_layer || p_on_layer, null,
    array(select want.job_id from unnest(p_type, p_job) as want (type, job_id) where want.type = 'JOB_ON_JOB'));
  if exists (
    select from unnest(p_job, p_layer, p_task, p_on_job, p_on_layer, p_on_task)
             as want (job_id, layer_id, task_id, on_job_id, on_layer_id, on_task_id)
     where layer_id is null and job_id = on_job_id
        or layer_id = on_layer_id and (task_id is null or on_task_id is null)
        or task_id = on_task_id
        or exists (select from plow.job_post where job_post.job_id = want.job_id and post_job_id = want.on_job_id)
  ) then
    raise exception 'nothing can wait for itself' using errcode = 'PW003';
  end if;
  select name into v_name from plow.job where id = any(p_job) and state = 'FINISHED' limit 1;
  if found then
    raise exception 'job ''%'' has finished: it waits for nothing any more', v_name using errcode = 'PW004';
  end if;

  insert into plow.depend (id, type, is_by_frame, is_active, created, satisfied, dependent_job_id, dependent_layer_id,
                           dependent_task_id, on_job_id, on_layer_id, on_task_id)
  select want.id, plow.stored_type(want.type), want.type = 'TASK_BY_TASK', not want.done, v_now,
         case when want.done then v_now end, want.job_id, want.layer_id, want.task_id, want.on_job_id, want.on_layer_id, want.on_task_id
    from (select given.*, plow.is_done(given.on_job_id, given.on_layer_id, given.on_task_id) as done
            from unnest(v_depend, p_type, p_job, p_layer, p_task, p_on_job, p_on_layer, p_on_task)
              as given (id, type, job_id, layer_id, task_id, on_job_id, on_layer_id, on_task_id)) as want;
  perform plow.hold_dependents(v_depend);
  return query select unnest(v_depend);
end
$$;
