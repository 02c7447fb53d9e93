-- release_dependents(most) returns a row for each layer that waited, with how many of its tasks may run now
-- Drains depend_queue: satisfies the depends on work that has finished. Any server may call it at any time; what
-- one has in hand another passes over. No more than `most` finishes in one call: call again while it returns rows.
-- What was done and is to be done again, because somebody retried it meanwhile, holds its dependents as before.
-- Locks: job and layer counters of the dependents.  Changes: depend_queue, depend, task, waiting, counters.
create or replace function plow.release_dependents(p_most int default 1000)
returns table (layer_id uuid, job_id uuid, woken int) language plpgsql as $$
#variable_conflict use_column
declare
  v_queue bigint[];
  v_depend uuid[];
begin
  v_queue := array(select id from plow.depend_queue order by id limit p_most for update skip locked);
  if cardinality(v_queue) = 0 then
    return;
  end if;
  v_depend := array(
    select depend.id from plow.depend_queue as q join plow.depend on depend.on_task_id = q.on_task_id
      join plow.task on task.id = q.on_task_id
      join plow.job on job.id = depend.on_job_id
     where q.id = any(v_queue) and is_active and (task.state in ('SUCCEEDED', 'EATEN') or job.state = 'FINISHED')
    union all
    select depend.id from plow.depend_queue as q join plow.depend on depend.on_layer_id = q.on_layer_id
      join plow.layer_counter as c on c.layer_id = q.on_layer_id
      join plow.job on job.id = depend.on_job_id
     where q.id = any(v_queue) and is_active and depend.on_task_id is null
       and (c.succeeded + c.eaten = c.total or job.state = 'FINISHED')
    union all
    select depend.id from plow.depend_queue as q join plow.depend on depend.on_job_id = q.on_job_id
     where q.id = any(v_queue) and is_active and type = 'JOB_ON_JOB');
  return query select * from plow.satisfy_depends(v_depend);
  delete from plow.depend_queue where id = any(v_queue);
end
$$;
