-- name: task_by_id
select * from plow.task_view where id = %(id)s;

-- name: tasks
select task_view.*
  from plow.find_tasks(
         %(job)s::uuid, %(layers)s::uuid[], %(tasks)s::uuid[], %(nodes)s::uuid[], %(states)s::plow.task_state[],
         to_timestamp(%(since_ms)s::bigint / 1000.0), %(limit)s::int, %(offset)s::int) with ordinality as found (id, place)
  join plow.task_view on task_view.id = found.id
 order by found.place;

-- name: found_tasks
select array(select plow.find_tasks(
         %(job)s::uuid, %(layers)s::uuid[], %(tasks)s::uuid[], %(nodes)s::uuid[], %(states)s::plow.task_state[],
         to_timestamp(%(since_ms)s::bigint / 1000.0), %(limit)s::int, %(offset)s::int)) as ids;

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
