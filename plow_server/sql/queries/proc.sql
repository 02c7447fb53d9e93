-- name: proc_by_id
select * from plow.proc_view where id = %(id)s;

-- name: procs
select * from plow.proc_view
 where id = any(array(
         select proc.id
           from plow.proc
           join plow.job on job.id = proc.job_id
           join plow.node on node.id = proc.node_id
          where (%(projects)s::uuid[] is null or job.project_id = any(%(projects)s::uuid[]))
            and (%(folders)s::uuid[] is null or job.folder_id = any(%(folders)s::uuid[]))
            and (%(jobs)s::uuid[] is null or proc.job_id = any(%(jobs)s::uuid[]))
            and (%(layers)s::uuid[] is null or proc.layer_id = any(%(layers)s::uuid[]))
            and (%(tasks)s::uuid[] is null or proc.task_id = any(%(tasks)s::uuid[]))
            and (%(clusters)s::uuid[] is null or node.cluster_id = any(%(clusters)s::uuid[]))
            and (%(quotas)s::uuid[] is null or proc.quota_id = any(%(quotas)s::uuid[]))
            and (%(nodes)s::uuid[] is null or proc.node_id = any(%(nodes)s::uuid[]))))
   and updated_time >= %(since_ms)s::bigint
 order by created_time, id
 limit %(limit)s::int offset %(offset)s::int;
