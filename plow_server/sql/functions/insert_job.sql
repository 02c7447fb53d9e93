-- insert_job(job, project, name, …, state) returns void
-- The rows of a job that every job has, for launch_job.
-- Changes: job, job_counter, job_stat, job_spec.  Raises: AlreadyExists an unfinished job of that name.
create or replace function plow.insert_job(
  p_job uuid, p_project plow.project, p_name text, p_username text, p_uid int, p_paused boolean, p_log_path text,
  p_log_root text, p_attrs jsonb, p_env jsonb, p_spec jsonb, p_state plow.job_state
) returns void language plpgsql as $$
begin
  -- The end of the id: its beginning is the time, and the next job of that name may start in the same minute.
  insert into plow.job (id, project_id, folder_id, name, active_name, username, uid, state, paused, is_post,
                        log_path, attrs, env)
  values (p_job, p_project.id, p_project.default_folder_id, p_name, p_name, p_username, p_uid, p_state, p_paused,
          p_state = 'POST',
          coalesce(p_log_path, p_log_root || '/' || p_project.code || '/' || p_name || '-' || right(p_job::text, 8)),
          p_attrs, p_env)
  on conflict (active_name) do nothing;
  if not found then
    raise exception 'there is an unfinished job ''%'' already', p_name using errcode = 'PW002';
  end if;
  insert into plow.job_counter (job_id) values (p_job);
  insert into plow.job_stat (job_id) values (p_job);
  insert into plow.job_spec (job_id, spec) values (p_job, p_spec);
end
$$;
