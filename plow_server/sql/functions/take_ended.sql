-- take_ended(procs, results …) returns the attempts that ended, each with the state its task goes to
-- First half of complete_tasks: locks, deletes the procs, gives back their cores, memory, devices and limits, and stores
-- in the tasks what the attempts left behind.
-- Locks: quota, folder, job (post jobs too), layer, node, limit counters.
-- Changes: proc, proc_use, task (not its state), task_loss, core counters, node_gpu, limit_use.
-- Raises: 40001 where a job changed its folder between look and lock.
create or replace function plow.take_ended(
  p_proc uuid[], p_status int[], p_signal int[], p_end plow.attempt_end[], p_reason text[],
  p_high_ram int[], p_high_cores float8[], p_clock_ms bigint[], p_cpu_ms bigint[], p_command_index int[],
  p_warnings int[], p_failure_line text[], p_fingerprint text[]
) returns plow.ended_attempt[] language plpgsql as $$
declare
  v_now timestamptz;
  v_quota uuid[]; v_folder uuid[]; v_job uuid[]; v_layer uuid[]; v_node uuid[];
  v_scarce uuid[];
  v_ended plow.ended_attempt[];
  c_losses constant int := 10;  -- a task that takes its nodes with it must not wander over the farm for ever
begin
  select array_agg(distinct proc.quota_id), array_agg(distinct job.folder_id), array_agg(distinct job.id),
         array_agg(distinct proc.layer_id), array_agg(distinct proc.node_id),
         array_agg(proc.id) filter (where proc.gpus <> '{}' or proc.limits <> '{}')
    into v_quota, v_folder, v_job, v_layer, v_node, v_scarce
    from plow.proc join plow.job on job.id = proc.job_id
   where proc.id = any(p_proc);
  if v_job is null then
    return '{}';
  end if;
  perform plow.lock_rows(v_quota, v_folder, plow.with_posts(v_job), v_layer, v_node);
  if v_scarce is not null then
    perform plow.lock_limits(array(select distinct unnest(proc.limits) from plow.proc where proc.id = any(v_scarce)));
    perform plow.give_back(v_scarce);
  end if;
  v_now := plow.now();  -- after the wait: whoever asks for changes since a time shall not miss this one
  if exists (select from plow.job where id = any(v_job) and folder_id <> all(v_folder)) then
    raise exception 'a job changed its folder meanwhile' using errcode = '40001';
  end if;

  with
  result as (
    select distinct on (proc_id) *
      from unnest(p_proc, p_status, p_signal, p_end, p_reason, p_high_ram, p_high_cores, p_clock_ms, p_cpu_ms,
                  p_command_index, p_warnings, p_failure_line, p_fingerprint)
        as r (proc_id, status, signal, end_reason, reason, high_ram, high_cores, clock_ms, cpu_ms, command_index, warnings,
              failure_line, fingerprint)
     order by proc_id
  ),
  gone as (
    delete from plow.proc using result where proc.id = result.proc_id
    returning proc.*
  ),
  gone_use as (
    delete from plow.proc_use using gone where proc_use.proc_id = gone.id
    returning proc_use.proc_id, proc_use.high_rss, proc_use.high_cores
  ),
  judged as (
    select gone.id as proc_id, gone.task_id, gone.layer_id, gone.job_id, job.folder_id, gone.quota_id, gone.node_id,
           gone.cores, gone.ram, gone.attempt, gone.state as proc_state, gone.kill_signal,
           gone.gpus, gone.limits, gone.predicted_ram, gone.predicted_clock_ms,
           nullif(result.failure_line, '') as failure_line, result.fingerprint, result.status, result.end_reason,
           coalesce(nullif(result.reason, ''), gone.kill_reason, '') as said, result.signal,
           plow.shown_signal(gone.state, gone.kill_signal, result.end_reason, result.signal) as shown_signal,
           greatest(result.high_ram, gone_use.high_rss, 0) as high_ram,
           greatest(result.high_cores, gone_use.high_cores, 0) as high_cores,
           case when result.clock_ms > 0 then result.clock_ms  -- a node of Plow 2013 does not say
                else (extract(epoch from v_now - task.started) * 1000)::bigint end as clock_ms,
           result.cpu_ms, result.command_index, result.warnings, task.started,
           task.state as task_state, task.failures, task.losses, layer.max_retries, layer.retry_exits, job.log_path, task.name as task_name,
           case when gone.state = 'KILLING' then 'moved on'
                when result.end_reason = 'EXITED' and result.status = 0 and result.signal = 0 then 'success'
                when result.end_reason = 'MEMORY' and greatest(gone.ram, result.high_ram, gone_use.high_rss) < layer.max_ram
                  then 'outgrown'  -- what was booked was our guess: it comes back with more (grow_ram)
                when result.end_reason in ('EXITED', 'MEMORY', 'NOT_STARTED', 'RUN_TIME', 'SILENCE', 'LOG_ERROR')
                  then 'failure'
                when result.end_reason = 'ABORTED' then 'aborted'
                when result.end_reason = 'LICENSE' and gone.limits <> '{}' then 'shortage'  -- its limits wait instead
                when result.end_reason = 'RECALLED' then 'recalled'  -- whose machine it is must not cost a job its task
                else 'loss' end as verdict
      from gone
      join result on result.proc_id = gone.id
      join plow.task on task.id = gone.task_id
      join plow.layer on layer.id = gone.layer_id
      join plow.job on job.id = gone.job_id
      left join gone_use on gone_use.proc_id = gone.id
  ),
  weighed as (
    select judged.*,
           case when verdict = 'failure' and failures < max_retries
                then plow.is_final(end_reason, status, signal, retry_exits) end as final,
           case when verdict = 'loss' and end_reason in ('LOST', 'NODE_LOST')
                then plow.poison(task_id, node_id) end as poison
      from judged
  ),
  decided as (
    select weighed.*, concat_ws('; ', poison, nullif(said, ''), final) as reason,
           case verdict
             when 'moved on' then task_state::text
             when 'success' then 'SUCCEEDED'
             when 'failure' then case when failures >= max_retries or final is not null then 'DEAD' else 'WAITING' end
             when 'loss' then case when losses + 1 >= c_losses or poison is not null then 'DEAD' else 'WAITING' end
             else 'WAITING' end::plow.task_state as next_state
      from weighed
  ),
  lost as (
    insert into plow.task_loss (task_id, node_id, job_id)
    select task_id, node_id, job_id from decided where verdict = 'loss' and end_reason in ('LOST', 'NODE_LOST')
    on conflict do nothing
  ),
  told as (
    update plow.task
       set stopped = v_now, updated = v_now,
           retries = task.retries - (decided.end_reason = 'ABORTED')::int,
           failures = task.failures + (decided.verdict = 'failure')::int,
           losses = task.losses + (decided.verdict = 'loss')::int,
           exit_status = case when decided.verdict = 'success' then 0 else greatest(decided.status, 1) end,
           exit_signal = decided.shown_signal,
           high_ram = decided.high_ram, high_cores = decided.high_cores
      from decided where task.id = decided.task_id
  ),
  quotas as (
    update plow.quota_counter as c
       set run_cores = c.run_cores - s.cores, run_procs = c.run_procs - s.procs,
           used_core_s = plow.used_now(c, setting.half_life_s, v_now), used_at = v_now
      from (select quota_id, sum(cores) as cores, count(*) as procs from decided group by quota_id) as s
     cross join plow.share_setting as setting
     where c.quota_id = s.quota_id
  ),
  folders as (
    update plow.folder_counter as c set run_cores = c.run_cores - s.cores, run_procs = c.run_procs - s.procs
      from (select folder_id, sum(cores) as cores, count(*) as procs from decided group by folder_id) as s
     where c.folder_id = s.folder_id
  ),
  jobs as (
    update plow.job_counter as c set run_cores = c.run_cores - s.cores, run_procs = c.run_procs - s.procs
      from (select job_id, sum(cores) as cores, count(*) as procs from decided group by job_id) as s
     where c.job_id = s.job_id
  ),
  layers as (
    update plow.layer_counter as c set run_cores = c.run_cores - s.cores, run_procs = c.run_procs - s.procs
      from (select layer_id, sum(cores) as cores, count(*) as procs from decided group by layer_id) as s
     where c.layer_id = s.layer_id
  ),
  nodes as (
    update plow.node_counter as c
       set idle_cores = c.idle_cores + s.cores, idle_ram = c.idle_ram + s.ram, run_procs = c.run_procs - s.procs
      from (select node_id, sum(cores) as cores, sum(ram) as ram, count(*) as procs from decided group by node_id) as s
     where c.node_id = s.node_id
  )
  select coalesce(array_agg((
           d.proc_id, d.task_id, d.layer_id, d.job_id, d.folder_id, d.quota_id, d.node_id, d.cores, d.ram, d.attempt,
           d.next_state, d.verdict, d.end_reason, d.reason, d.status, d.shown_signal, d.high_ram, d.high_cores,
           d.clock_ms, d.cpu_ms, d.started, v_now, d.log_path || '/' || d.task_name || '.' || d.attempt || '.log',
           d.command_index, d.warnings, d.gpus, d.limits, d.predicted_ram, d.predicted_clock_ms, d.failure_line,
           case when d.verdict in ('failure', 'loss', 'shortage') then d.fingerprint end
         )::plow.ended_attempt), '{}')
    into v_ended
    from decided as d;
  return v_ended;
end
$$;
