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
