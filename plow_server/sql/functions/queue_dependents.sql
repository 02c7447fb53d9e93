-- queue_dependents(tasks) returns boolean
-- Queues the release of whatever waits for these tasks, which have just succeeded or been eaten, or for layers
-- that they complete. True where anything waits; release_dependents does the rest in a transaction of its own,
-- because dependents may be in layers that the caller has not locked.
-- Locks: nothing; the caller holds the locks of the tasks' layers.  Changes: depend_queue.
create or replace function plow.queue_dependents(p_task uuid[])
returns boolean language plpgsql as $$
declare
  v_queued boolean;
begin
  with
  queued_task as (
    insert into plow.depend_queue (on_task_id)
    select done from unnest(p_task) as done
     where exists (select from plow.depend where on_task_id = done and is_active)
    returning 1
  ),
  queued_layer as (
    insert into plow.depend_queue (on_layer_id)
    select c.layer_id
      from plow.layer_counter as c
     where c.layer_id in (select layer_id from plow.task where id = any(p_task))
       and c.succeeded + c.eaten = c.total
       and exists (select from plow.depend
                    where on_layer_id = c.layer_id and on_task_id is null and is_active)
    returning 1
  )
  select exists (select from queued_task union all select from queued_layer) into v_queued;
  return v_queued;
end
$$;
