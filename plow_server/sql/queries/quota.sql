-- name: quota_by_id
select * from plow.quota_view where id = %(id)s;

-- name: quotas
select * from plow.quota_view
 where (%(projects)s::uuid[] is null or project_id = any(%(projects)s::uuid[]))
   and (%(clusters)s::uuid[] is null or cluster_id = any(%(clusters)s::uuid[]))
 order by name;
