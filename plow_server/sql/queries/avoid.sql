-- name: avoids
select * from plow.avoid_view
 where (%(job)s::uuid is null or job_id = %(job)s::uuid) and (%(node)s::uuid is null or node_id = %(node)s::uuid)
 order by job_name, node_name;
