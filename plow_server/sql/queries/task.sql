-- name: task_by_id
select * from plow.task_view where id = %(id)s;

-- name: tasks
-- Planned anew each time, as find_tasks is: a plan kept from a farm of a hundred tasks reads all of one that has grown to
-- 300,000 since, until statistics are gathered anew (measured for ten tasks: 40 ms, now 1 ms).
select task_view.*
  from plow.find_tasks(
         %(job)s::uuid, %(layers)s::uuid[], %(tasks)s::uuid[], %(nodes)s::uuid[], %(states)s::plow.task_state[],
         to_timestamp(%(since_ms)s::bigint / 1000.0), %(limit)s::int, %(offset)s::int) with ordinality as found (id, place)
  join plow.task_view on task_view.id = found.id
 order by found.place;

-- name: tasks_after
-- Planned anew each time, as tasks is.
select task_view.*
  from plow.find_tasks_after(
         %(after)s::uuid, %(job)s::uuid, %(layers)s::uuid[], %(states)s::plow.task_state[],
         to_timestamp(%(since_ms)s::bigint / 1000.0), %(limit)s::int) with ordinality as found (id, place)
  join plow.task_view on task_view.id = found.id
 order by found.place;

-- name: found_tasks
select array(select plow.find_tasks(
         %(job)s::uuid, %(layers)s::uuid[], %(tasks)s::uuid[], %(nodes)s::uuid[], %(states)s::plow.task_state[],
         to_timestamp(%(since_ms)s::bigint / 1000.0), %(limit)s::int, %(offset)s::int)) as ids;

-- name: tasks_where
-- Planned anew each time. `found` is found_where of sql/where/source.sql.
select shown.*
  from ({found}) as found
 cross join lateral (select * from plow.task_view where task_view.id = found.id offset 0) as shown
 order by found.place;

-- name: found_tasks_where
-- Planned anew each time, as tasks_where is.
select array(select found.id from ({found}) as found order by found.place) as ids;

-- name: tasks_in_reach
-- Planned anew each time. How many tasks a query would look at, by the counters.
select coalesce(sum(reached.total), 0) as tasks from ({source}) as reached;

-- name: task_log_file
select plow.task_log_path(job.log_path, task.name, task.retries)
  from plow.task join plow.job on job.id = task.job_id
 where task.id = %(id)s;

-- name: attempts_of_task
select * from plow.attempt_view
 where proc_id = any(array(
         select id from plow.attempt where task_id = %(id)s
         union all
         select id from plow.proc where task_id = %(id)s))
 order by start_time, retry_num;

-- name: past_attempts
select past_attempt_view.*
  from plow.find_attempts(
         %(jobs)s::uuid[], %(layers)s::uuid[], %(tasks)s::uuid[], %(nodes)s::text[], %(ends)s::plow.attempt_end[],
         to_timestamp(%(since_ms)s::bigint / 1000.0), to_timestamp(%(before_ms)s::bigint / 1000.0),
         %(limit)s::int, %(offset)s::int) with ordinality as found (id, stopped, place)
  join plow.past_attempt_view on past_attempt_view.proc_id = found.id
 order by found.place;

-- name: attempt_log
-- Where an attempt of a task has its log: the file, and the node that writes or wrote it, where that is still known.
select task.name, task.retries, wanted.attempt, plow.task_log_path(job.log_path, task.name, wanted.attempt) as path,
       coalesce(running.name, past.node, '') as node_name,
       node.address, node.state
  from plow.task
  join plow.job on job.id = task.job_id
 cross join lateral (
   select case when %(attempt)s::int = -1 then task.retries else %(attempt)s::int end as attempt) as wanted
  left join lateral (
    select node.name from plow.proc join plow.node on node.id = proc.node_id
     where proc.task_id = task.id and proc.attempt = wanted.attempt) as running on true
  left join lateral (
    select attempt.node from plow.attempt
     where attempt.task_id = task.id and attempt.number = wanted.attempt
     order by attempt.stopped desc limit 1) as past on true
  left join plow.node on node.name = coalesce(running.name, past.node)
 where task.id = %(task_id)s;
