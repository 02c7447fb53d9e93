-- find_jobs(jobs, project codes, users, names, states, living, regex, most) returns job ids, newest first
-- Null criteria are not asked for, the others must all hold. `living` says that no state asked for is FINISHED: the
-- many finished jobs are not looked at then. Planned anew each time, for a plan that suits one set of criteria
-- reads the whole history for another.
create or replace function plow.find_jobs(
  p_job uuid[], p_project text[], p_user text[], p_name text[], p_state plow.job_state[], p_living boolean,
  p_regex text, p_most int
) returns setof uuid language plpgsql stable rows 100 set plan_cache_mode = force_custom_plan as $$
begin
  return query
  select job.id
    from plow.job
   where (p_job is null or job.id = any(p_job))
     and (p_project is null
          or job.project_id = any(array(select project.id from plow.project where project.code = any(p_project))))
     and (p_user is null or job.username = any(p_user))
     and (p_name is null or job.name = any(p_name))
     and (p_state is null or job.state = any(p_state))
     and (not p_living or job.state <> 'FINISHED')
     and (p_regex is null or job.name ~ p_regex)
   order by job.created desc, job.id desc
   limit p_most;
end
$$;
