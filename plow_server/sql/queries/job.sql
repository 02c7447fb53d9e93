-- name: job_by_id
select * from plow.job_view where id = %(id)s;

-- name: job_by_active_name
select * from plow.job_view where id = (select id from plow.job where active_name = %(name)s);

-- name: jobs
-- Planned anew each time, as find_jobs is: a plan kept from when there were no depends reads all of 50,000 for each job.
select job_view.*
  from plow.find_jobs(
         %(ids)s::uuid[], %(projects)s::text[], %(users)s::text[], %(names)s::text[], %(states)s::plow.job_state[],
         %(is_living)s::boolean, %(regex)s::text, %(most)s::int) with ordinality as found (id, place)
  left join plow.job_view on job_view.id = found.id  -- left: a bad regex is told where there is no job, too
 order by found.place;

-- name: jobs_of_user_in_a_minute
select count(*) from plow.job
 where created > plow.now() - interval '1 minute' and username = %(username)s and not is_post;

-- name: job_spec
select spec from plow.job_spec where job_id = %(id)s;

-- name: set_job_attrs
update plow.job set attrs = %(attrs)s where id = %(id)s;

-- name: judged_launch
-- What the project makes of a job that is not made yet.
select (judged.project).id as project_id, folder.name as folder_name, folder.max_cores as folder_max_cores,
       judged.paused, judged.min_cores, judged.max_cores, coalesce(judged.trace, '[]') as trace
  from plow.judge_launch(%(project)s, %(name)s, %(username)s, %(attrs)s, %(paused)s) as judged
  join plow.folder on folder.id = judged.folder_id;

-- name: jobs_where
-- Planned anew each time. A table whose fields a query does not name is not read. The rows are looked up one by one:
-- the planner, who can't know how many there will be, would rather read all of the farm's jobs.
select shown.*
  from (select job.id, row_number() over (order by job.created desc, job.id desc) as place
          from plow.job
          left join plow.job_counter as counter on counter.job_id = job.id
          left join plow.job_stat as stat on stat.job_id = job.id
          left join plow.project on project.id = job.project_id
          left join plow.folder on folder.id = job.folder_id
         where (%(regex)s::text is null or job.name ~ %(regex)s::text)
           and (not %(is_living)s::boolean or job.state <> 'FINISHED')
           and {where}
         order by job.created desc, job.id desc
         limit %(most)s::int) as found
 cross join lateral (select * from plow.job_view where job_view.id = found.id offset 0) as shown
 order by found.place;
