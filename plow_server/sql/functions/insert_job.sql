-- insert_job(job, project code, name, …, state, request, priority, start after) returns boolean
-- The rows of a job that every job has, for launch_job: where it goes, how many cores it gets and whether it is paused
-- is for the project's filters to say. Returns false where the same request has made a job meanwhile.
-- Locks: project row, shared.  Changes: job, job_counter, job_stat, job_spec, job_filter_trace.
-- Raises: as judge_launch; AlreadyExists an unfinished job of that name.
create or replace function plow.insert_job(
  p_job uuid, p_project text, p_name text, p_username text, p_uid int, p_paused boolean, p_log_path text,
  p_log_root text, p_attrs jsonb, p_env jsonb, p_spec jsonb, p_state plow.job_state,
  p_request uuid default null, p_priority int default 0, p_start_after timestamptz default null,
  p_pools jsonb default '[]'
) returns boolean language plpgsql as $$
declare
  v_judged record;
begin
  select * into v_judged from plow.judge_launch(p_project, p_name, p_username, p_attrs, p_paused);
  -- The end of the id: its beginning is the time, and the next job of that name may start in the same minute.
  insert into plow.job (id, project_id, folder_id, name, active_name, username, uid, state, paused, is_post,
                        min_cores, max_cores, log_path, attrs, env, request_id, priority, start_after, pools)
  values (p_job, (v_judged.project).id, v_judged.folder_id, p_name, p_name, p_username, p_uid, p_state,
          v_judged.paused, p_state = 'POST', v_judged.min_cores, v_judged.max_cores,
          coalesce(p_log_path, p_log_root || '/' || p_project || '/' || p_name || '-' || right(p_job::text, 8)),
          p_attrs, p_env, p_request, p_priority, p_start_after, plow.pool_ids(p_pools))
  on conflict do nothing;
  if not found then
    if plow.launched_before(p_request, p_name) is not null then
      return false;
    end if;
    raise exception 'there is an unfinished job ''%'' already', p_name using errcode = 'PW002';
  end if;
  insert into plow.job_counter (job_id) values (p_job);
  insert into plow.job_stat (job_id) values (p_job);
  insert into plow.job_spec (job_id, spec) values (p_job, p_spec);
  insert into plow.job_filter_trace (job_id, trace) select p_job, v_judged.trace where v_judged.trace is not null;
  return true;
end
$$;
