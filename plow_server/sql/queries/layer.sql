-- name: layer_by_id
select * from plow.layer_view where id = %(id)s;

-- name: layer_by_name
select * from plow.layer_view where job_id = %(job_id)s and name = %(name)s;

-- name: layers_of_job
select * from plow.layer_view where job_id = %(job_id)s order by "order";

-- name: size_of_job
select counter.total as tasks, (select count(*) from plow.layer where job_id = %(job_id)s) as layers,
       array(select range from plow.layer where job_id = %(job_id)s and range is not null) as ranges
  from plow.job_counter as counter where counter.job_id = %(job_id)s;

-- name: layer_versions
-- Before the second there is no row. The newest ones that fit into so many bytes, one at least.
with each_one as (
  select version, created, actor, command, env, reason from plow.layer_version where layer_id = %(layer_id)s
  union all
  select layer.version, job.created, job.username, layer.command, layer.env, 'as launched'
    from plow.layer join plow.job on job.id = layer.job_id
   where layer.id = %(layer_id)s and layer.version = 1
),
sized as (
  select version, sum(octet_length(command::text) + octet_length(env::text)) over (order by version desc) as bytes,
         max(version) over () as newest
    from each_one
)
select version, plow.ms(created) as created_time, actor, command, env, reason
  from each_one join sized using (version)
 where bytes <= %(most_bytes)s or version = newest
 order by version;

-- name: layer_version
select version, plow.ms(created) as created_time, actor, command, env, reason
  from plow.layer_version where layer_id = %(layer_id)s and version = %(version)s;

-- name: frames_of_layer
-- None for a layer of named tasks.
select task.id, task.number, task.frames
  from plow.task join plow.layer on layer.id = task.layer_id
 where task.layer_id = %(layer_id)s and layer.range is not null
 order by task.ord;
