-- Failures, those with the same last words together. Read by the index of what failed, the newest so many.

-- name: failing_job
select name from plow.job where id = %(id)s;

-- name: failing_node
select name from plow.node where id = %(id)s;

-- name: failures_of_job
select * from plow.group_failures(array(
  select attempt
    from plow.attempt
   where attempt.job_id = %(job)s and attempt.fingerprint is not null
     and (not %(dead_only)s
          or exists (select from plow.task
                      where task.id = attempt.task_id and task.state = 'DEAD' and task.retries = attempt.number))
   order by attempt.stopped desc
   limit %(most)s), false);

-- name: failures_on_node
select * from plow.group_failures(array(
  select attempt
    from plow.attempt
   where attempt.node = %(node)s and attempt.fingerprint is not null
     and attempt.stopped > plow.now() - make_interval(hours => %(hours)s)
   order by attempt.stopped desc
   limit %(most)s), true);
