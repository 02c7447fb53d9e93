-- launch_job(job, project, name, …) returns uuid
-- Makes a job whole: job, layers, tasks, depends, counters, waiting work, and the post job if a layer is marked
-- for it. The project's filters say where both go. A second call with the same job id or request changes nothing
-- and returns the job, finished or not, so it may be repeated.
-- Layers are objects with place (from 1), post, name, range, chunk, command, env, service, tags, cores, ram,
-- retries, threadable, priority, kill_grace_s, run, limits_ram, needs, retry_rules and first (place of its first task); tasks stand in the
-- order of their layers.
-- A depend's layers and tasks inside the job are places; what is outside is named by ids, found by find_target.
-- Locks: the turn of its name (take_name); project row, shared; job and layer counters of other jobs that it waits for;
-- the pools and limits that are named, shared.
-- Changes: job, layer, task, depend, waiting, counters.  Rings: plow_farm.
-- Raises: NotFound project, pool or limit; NotAllowed inactive project or none of its folders; AlreadyExists an active name;
-- Invalid a request that made another job.
create or replace function plow.launch_job(
  p_job uuid, p_project text, p_name text, p_username text, p_uid int, p_paused boolean, p_log_path text,
  p_log_root text, p_attrs jsonb, p_env jsonb, p_spec jsonb, p_post_spec jsonb, p_layers jsonb,
  p_task_layer int[], p_task_name text[], p_task_number int[], p_task_frames text[],
  p_depend_type plow.depend_type[], p_dependent_layer int[], p_dependent_task int[],
  p_on_layer int[], p_on_task int[], p_on_job_id uuid[], p_on_layer_id uuid[], p_on_task_id uuid[],
  p_request uuid default null, p_priority int default 0, p_start_after_ms bigint default 0,
  p_pools jsonb default '[]'
) returns uuid language plpgsql as $$
declare
  v_post uuid;
  v_layer uuid[] := plow.new_ids(jsonb_array_length(p_layers));
  v_task uuid[] := plow.new_ids(cardinality(p_task_name));
  v_known uuid;
begin
  -- One whose connection dropped repeats its call, maybe while the first is still at work.
  perform pg_advisory_xact_lock(hashtextextended('plow launch ' || p_job, 0));
  perform plow.take_name(p_name);
  v_known := plow.launched_before(p_request, p_name);
  if v_known is not null then
    return v_known;
  elsif exists (select from plow.job where id = p_job) then
    return p_job;
  elsif not plow.insert_job(p_job, p_project, p_name, p_username, p_uid, p_paused, p_log_path, p_log_root, p_attrs, p_env,
                            p_spec, 'RUNNING', p_request, p_priority, plow.moment(p_start_after_ms), p_pools) then
    return plow.launched_before(p_request, p_name);
  end if;

  if p_post_spec is not null then
    loop  -- the job before its post job, also by id
      v_post := plow.new_id();
      exit when v_post > p_job;
    end loop;
    perform plow.insert_job(
      v_post, p_project, left(p_name, 230) || '__post_' || (extract(epoch from plow.now()) * 1000)::bigint,
      p_username, p_uid, false, p_log_path, p_log_root, p_attrs, p_env, p_post_spec, 'POST', null, p_priority, null, p_pools);
    insert into plow.job_post (job_id, post_job_id) values (p_job, v_post);
  end if;

  perform plow.insert_layers(p_job, v_post, v_layer, p_layers);
  perform plow.insert_launch_depends(
    p_job, v_post, v_layer, v_task, p_layers, p_depend_type, p_dependent_layer, p_dependent_task,
    p_on_layer, p_on_task, p_on_job_id, p_on_layer_id, p_on_task_id);
  perform plow.insert_tasks(
    array_remove(array[p_job, v_post], null), v_layer, v_task, p_layers, p_task_layer, p_task_name, p_task_number,
    p_task_frames);

  -- What has ended since its depend was made did not see it. Locked this late, for a launch may take long and other
  -- jobs are not to stand still meanwhile.
  if exists (select from unnest(p_on_job_id) as on_job where on_job is not null) then
    perform plow.lock_rows(null, null, p_on_job_id, p_on_layer_id, null);
    perform plow.satisfy_depends(array(
      select id from plow.depend
       where dependent_job_id in (p_job, v_post) and is_active and on_job_id = any(p_on_job_id)
         and plow.is_done(on_job_id, on_layer_id, on_task_id)));
  end if;
  perform plow.share_named(array[p_job, v_post], v_layer);  -- now that no other job has to be waited for
  perform pg_notify('plow_farm', '');
  return p_job;
end
$$;
