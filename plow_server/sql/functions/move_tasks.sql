-- move_tasks(tasks, state) returns void
-- Puts tasks into a state, with everything that follows: a waiting task with open depends becomes DEPEND,
-- counters of layer and job, and the rows of plow.waiting.
-- A task gets no waiting row while its job is finished or a proc of an earlier attempt is left; complete_tasks
-- adds it when that proc is gone. Nor while it waits for the time of its next attempt (put_off, release_later); one that
-- is not to run any more waits for nothing.
-- Locks: nothing; the caller holds the locks of the tasks' jobs and layers (lock_rows).
-- Changes: task, waiting, later, job_counter, layer_counter, folder_done of finished jobs, event_outbox, blame.  Raises: nothing.
create or replace function plow.move_tasks(p_task uuid[], p_state plow.task_state)
returns void language plpgsql as $$
declare
  v_now timestamptz := plow.now();
begin
  with
  moving as (
    select task.id, task.layer_id, task.job_id, task.ord, task.state as was,
           case when p_state = 'WAITING' and task.depend_count > 0 then 'DEPEND' else p_state end as now
      from plow.task
     where task.id = any(p_task)
  ),
  changed as (
    update plow.task set state = moving.now, updated = v_now
      from moving
     where task.id = moving.id and moving.was <> moving.now
    returning moving.*
  ),
  -- A thousand tasks that take the same step are one row: an event for each reader, blame where somebody asked for it.
  step_of_many as (
    select layer_id, job_id, was, now, array_agg(id order by ord) as tasks
      from (select changed.*, (row_number() over (partition by layer_id, was, now order by ord) - 1) / 1000 as piece
              from changed) as numbered
     group by layer_id, job_id, was, now, piece
  ),
  told as (
    insert into plow.event_outbox (time, noun, object_id, job_id, change, old, new, tasks)
    select v_now, 'task', layer_id, job_id, 'state', was, now, tasks from step_of_many
  ),
  blamed as (
    insert into plow.blame (time, noun, object_id, job_id, field, old, new, tasks)
    select v_now, 'layer', layer_id, job_id, 'state', was, now, tasks from step_of_many where plow.deed() is not null
  ),
  unready as (
    delete from plow.waiting using changed
     where waiting.layer_id = changed.layer_id and waiting.ord = changed.ord and changed.was = 'WAITING'
    returning waiting.layer_id
  ),
  never as (
    delete from plow.later using changed
     where later.task_id = changed.id and changed.now not in ('WAITING', 'DEPEND')
  ),
  made_ready as (
    insert into plow.waiting (layer_id, ord, task_id)
    select moving.layer_id, moving.ord, moving.id
      from moving
      join plow.job on job.id = moving.job_id and job.state <> 'FINISHED'
     where moving.now = 'WAITING'
       and not exists (select from plow.proc where proc.task_id = moving.id)
       and not exists (select from plow.later where later.task_id = moving.id)
    on conflict do nothing
    returning layer_id, ord
  ),
  layer_ready as (
    select layer_id, sum(n) as n, min(ord) as first_ord
      from (select layer_id, -1 as n, null::int as ord from unready
            union all select layer_id, 1, ord from made_ready) as step
     group by layer_id
  ),
  step as (
    select layer_id, job_id, was as state, -1 as n from changed
    union all select layer_id, job_id, now, 1 from changed
  ),
  layer_step as (
    select layer_id,
           sum(n) filter (where state = 'WAITING') as waiting, sum(n) filter (where state = 'RUNNING') as running,
           sum(n) filter (where state = 'DEAD') as dead, sum(n) filter (where state = 'EATEN') as eaten,
           sum(n) filter (where state = 'DEPEND') as depend, sum(n) filter (where state = 'SUCCEEDED') as succeeded
      from step group by layer_id
  ),
  job_step as (
    select job_id,
           sum(n) filter (where state = 'WAITING') as waiting, sum(n) filter (where state = 'RUNNING') as running,
           sum(n) filter (where state = 'DEAD') as dead, sum(n) filter (where state = 'EATEN') as eaten,
           sum(n) filter (where state = 'DEPEND') as depend, sum(n) filter (where state = 'SUCCEEDED') as succeeded
      from step group by job_id
  ),
  layers as (
    update plow.layer_counter as c
       set waiting = c.waiting + coalesce(s.waiting, 0), running = c.running + coalesce(s.running, 0),
           dead = c.dead + coalesce(s.dead, 0), eaten = c.eaten + coalesce(s.eaten, 0),
           depend = c.depend + coalesce(s.depend, 0), succeeded = c.succeeded + coalesce(s.succeeded, 0),
           ready = c.ready + coalesce(r.n, 0),
           next_ord = least(c.next_ord, coalesce(r.first_ord, c.next_ord))
      from (select distinct layer_id from moving) as touched
      left join layer_step as s using (layer_id)
      left join layer_ready as r using (layer_id)
     where c.layer_id = touched.layer_id and (s.layer_id is not null or r.layer_id is not null)
    returning c.layer_id
  ),
  -- Of a killed job, too, tasks stop and depends are satisfied.
  folders_done as (
    update plow.folder_done as done
       set waiting = done.waiting + s.waiting, dead = done.dead + s.dead, eaten = done.eaten + s.eaten,
           depend = done.depend + s.depend, succeeded = done.succeeded + s.succeeded
      from (select job.folder_id, coalesce(sum(waiting), 0) as waiting, coalesce(sum(dead), 0) as dead,
                   coalesce(sum(eaten), 0) as eaten, coalesce(sum(depend), 0) as depend,
                   coalesce(sum(succeeded), 0) as succeeded
              from job_step join plow.job on job.id = job_step.job_id and job.state = 'FINISHED'
             group by job.folder_id) as s
     where done.folder_id = s.folder_id
  )
  update plow.job_counter as c
     set waiting = c.waiting + coalesce(s.waiting, 0), running = c.running + coalesce(s.running, 0),
         dead = c.dead + coalesce(s.dead, 0), eaten = c.eaten + coalesce(s.eaten, 0),
         depend = c.depend + coalesce(s.depend, 0), succeeded = c.succeeded + coalesce(s.succeeded, 0)
    from job_step as s
   where c.job_id = s.job_id;
end
$$;
