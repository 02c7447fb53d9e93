-- name: output_by_id
select * from plow.output_view where output_id = %(id)s;

-- name: outputs_of_layer
select * from plow.output_view
 where output_id = any(array(select id from plow.output where layer_id = %(layer_id)s)) order by output_id;

-- name: outputs_of_job
select * from plow.output_view
 where output_id = any(array(
         select output.id from plow.output join plow.layer on layer.id = output.layer_id where layer.job_id = %(job_id)s))
 order by output_id;

-- name: insert_output
insert into plow.output (layer_id, path, attrs)
select id, %(path)s, %(attrs)s from plow.layer where id = %(layer_id)s
returning id;

-- name: set_output_attrs
update plow.output set attrs = %(attrs)s where id = %(id)s;

-- name: update_output_attrs
update plow.output set attrs = attrs || %(attrs)s where id = %(id)s;
