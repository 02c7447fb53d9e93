-- name: depend_by_id
select * from plow.depend_view where id = %(id)s;

-- name: depends_on_job
select * from plow.depend_view
 where id = any(array(select id from plow.depend where on_job_id = %(id)s and type = 'JOB_ON_JOB'))
 order by id;

-- name: job_depends_on
select * from plow.depend_view
 where id = any(array(select id from plow.depend where dependent_job_id = %(id)s and type = 'JOB_ON_JOB'))
 order by id;

-- name: depends_on_layer
select * from plow.depend_view
 where id = any(array(select id from plow.depend where on_layer_id = %(id)s and on_task_id is null))
 order by id;

-- name: layer_depends_on
select * from plow.depend_view
 where id = any(array(select id from plow.depend where dependent_layer_id = %(id)s and dependent_task_id is null))
 order by id;

-- name: depends_on_task
select * from plow.depend_view
 where id = any(array(select id from plow.depend where on_task_id = %(id)s))
 order by id;

-- name: task_depends_on
select * from plow.depend_view
 where id = any(array(select id from plow.depend where dependent_task_id = %(id)s))
 order by id;

-- name: frame_pairs
-- Which layers wait for which frame by frame, one of them this; dropped rows count for nothing.
select distinct depend.dependent_job_id, depend.dependent_layer_id, depend.on_job_id, depend.on_layer_id
  from plow.depend
  join plow.job on job.id = depend.dependent_job_id and job.state <> 'FINISHED'
 where is_by_frame and not is_dropped
   and (depend.dependent_layer_id = %(layer_id)s or depend.on_layer_id = %(layer_id)s);

-- name: layer_pairs_inside
-- Which layers of a job wait for which of its own, or for a part of them.
select distinct dependent_layer_id as dependent, on_layer_id as target
  from plow.depend where dependent_job_id = %(job_id)s and on_job_id = %(job_id)s and is_active;

-- name: depends_inside
select id from plow.depend where dependent_job_id = %(job_id)s and on_job_id = %(job_id)s and is_active;

-- name: depends_ahead
-- Who waits for whom: the active depends of every layer and job that the targets of some depends wait for, step by
-- step, and post jobs, which wait for their first jobs; nothing unless the way leads back to where these depends start.
-- Tasks count as their layers here: whether it is a circle of tasks, too, is for the caller to find out.
with recursive
made as (
  select * from plow.depend where id = any(%(depends)s::uuid[])
),
ahead (layer_id, job_id) as (
  select * from (
    select on_layer_id, null::uuid from made where on_layer_id is not null
    union
    select layer.id, null from made join plow.layer on layer.job_id = made.on_job_id where made.on_layer_id is null
  ) as target
  union
  select next.layer_id, next.job_id
    from ahead
   cross join lateral (
     select depend.on_layer_id as layer_id, null::uuid as job_id
       from plow.depend where depend.dependent_layer_id = ahead.layer_id and is_active
     union
     select null, layer.job_id from plow.layer where layer.id = ahead.layer_id
     union
     select layer.id, null
       from plow.depend join plow.layer on layer.job_id = depend.on_job_id
      where depend.dependent_job_id = ahead.job_id and type = 'JOB_ON_JOB' and is_active
     union
     select layer.id, null
       from plow.job_post join plow.layer on layer.job_id = job_post.job_id
      where job_post.post_job_id = ahead.job_id) as next
),
is_circle as (
  select exists (
    select from ahead
     where layer_id in (select dependent_layer_id from made)
        or job_id in (select dependent_job_id from made where dependent_layer_id is null)) as so
)
select dependent_job_id, dependent_layer_id, dependent_task_id, depend_on_job_id, depend_on_layer_id, depend_on_task_id,
       dependent_job_name, dependent_layer_name, dependent_task_name,
       depend_on_job_name, depend_on_layer_name, depend_on_task_name
  from plow.depend_view
 where active and (select so from is_circle)
   and id = any(array(
     select depend.id from ahead join plow.depend on depend.dependent_layer_id = ahead.layer_id
     union all
     select depend.id from ahead join plow.depend on depend.dependent_job_id = ahead.job_id and depend.type = 'JOB_ON_JOB'))
union all
select post.id, null, null, first.id, null, null, post.name, null, null, first.name, null, null
  from ahead
  join plow.job_post on job_post.post_job_id = ahead.job_id
  join plow.job as post on post.id = job_post.post_job_id
  join plow.job as first on first.id = job_post.job_id
 where (select so from is_circle);
