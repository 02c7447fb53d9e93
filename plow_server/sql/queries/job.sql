-- name: job_by_id
select * from plow.job_view where id = %(id)s;

-- name: job_by_active_name
select * from plow.job_view where id = (select id from plow.job where active_name = %(name)s);

-- name: jobs
select * from plow.job_view
 where (%(ids)s::uuid[] is null or id = any(%(ids)s::uuid[]))
   and (%(projects)s::text[] is null
        or project_id = any(array(select id from plow.project where code = any(%(projects)s::text[]))))
   and (%(users)s::text[] is null or username = any(%(users)s::text[]))
   and (%(names)s::text[] is null or name = any(%(names)s::text[]))
   and (%(states)s::plow.job_state[] is null or state = any(%(states)s::plow.job_state[]))
   and (%(is_living)s::boolean is not true or state <> 'FINISHED')
   and (%(regex)s::text is null or name ~ %(regex)s::text)
 order by start_time desc, id desc
 limit %(most)s;

-- name: job_spec
select spec from plow.job_spec where job_id = %(id)s;

-- name: set_job_attrs
update plow.job set attrs = %(attrs)s where id = %(id)s;
