-- name: layer_by_id
select * from plow.layer_view where id = %(id)s;

-- name: layer_by_name
select * from plow.layer_view where job_id = %(job_id)s and name = %(name)s;

-- name: layers_of_job
select * from plow.layer_view where job_id = %(job_id)s order by "order";

-- name: frames_of_layer
-- None for a layer of named tasks.
select task.id, task.number, task.frames
  from plow.task join plow.layer on layer.id = task.layer_id
 where task.layer_id = %(layer_id)s and layer.range is not null
 order by task.ord;
