-- keep_history(ended attempts) returns void
-- Writes the attempts into history and into the sums of layers and jobs. Averages are over successful attempts;
-- several of one layer in one call are merged as two samples are (Chan, Golub and LeVeque 1979).
-- What is to be learnt of them for the next ones is left for later (keep_lessons).
-- Locks: nothing; the caller holds the locks of layers and jobs.  Changes: attempt, lesson, layer_stat, job_stat.
create or replace function plow.keep_history(p_ended plow.ended_attempt[])
returns void language plpgsql as $$
begin
  insert into plow.attempt (
    id, task_id, layer_id, job_id, number, node, cores, ram, started, stopped, exit_status, exit_signal,
    end_reason, reason, high_ram, high_cores, clock_ms, cpu_ms, log_path, command_index, warnings,
    gpus, predicted_ram, predicted_clock_ms, failure_line, fingerprint)
  select e.proc_id, e.task_id, e.layer_id, e.job_id, e.attempt, node.name, e.cores, e.ram, e.started, e.stopped,
         e.status, e.signal, e.end_reason, e.reason, e.high_ram, e.high_cores, e.clock_ms, e.cpu_ms, e.log_path,
         e.command_index, e.warnings, e.gpus, e.predicted_ram, e.predicted_clock_ms, e.failure_line, e.fingerprint
    from unnest(p_ended) as e join plow.node on node.id = e.node_id
   where e.end_reason <> 'ABORTED';
  perform plow.keep_lessons(p_ended);

  with good as (
    select e.layer_id, count(*) as n,
           avg(e.high_ram::float8) as ram_avg, var_pop(e.high_ram::float8) * count(*) as ram_m2,
           avg(e.high_cores) as cores_avg, var_pop(e.high_cores) * count(*) as cores_m2,
           avg((e.clock_ms * e.cores)::float8) as core_time_avg, var_pop((e.clock_ms * e.cores)::float8) * count(*) as core_time_m2,
           min(e.clock_ms * e.cores) as core_time_low, sum(e.clock_ms * e.cores) as core_time,
           avg(e.clock_ms::float8) as clock_time_avg, var_pop(e.clock_ms::float8) * count(*) as clock_time_m2,
           min(e.clock_ms) as clock_time_low, sum(e.clock_ms) as clock_time
      from unnest(p_ended) as e where e.verdict = 'success' group by e.layer_id
  ),
  every as (
    select e.layer_id, max(e.high_ram) as ram_high, max(e.high_cores) as cores_high,
           max(e.clock_ms * e.cores) as core_time_high, max(e.clock_ms) as clock_time_high,
           coalesce(sum(e.clock_ms * e.cores) filter (where e.verdict <> 'success'), 0) as core_time_fail,
           coalesce(sum(e.clock_ms) filter (where e.verdict <> 'success'), 0) as clock_time_fail
      from unnest(p_ended) as e where e.end_reason <> 'ABORTED' group by e.layer_id
  )
  update plow.layer_stat as s
     set ram_high = greatest(s.ram_high, every.ram_high), cores_high = greatest(s.cores_high, every.cores_high),
         core_time_high = greatest(s.core_time_high, every.core_time_high),
         clock_time_high = greatest(s.clock_time_high, every.clock_time_high),
         core_time_fail = s.core_time_fail + every.core_time_fail,
         clock_time_fail = s.clock_time_fail + every.clock_time_fail,
         n = s.n + coalesce(good.n, 0),
         ram_avg = plow.merged_avg(s.n, s.ram_avg, good.n, good.ram_avg),
         ram_m2 = plow.merged_m2(s.n, s.ram_avg, s.ram_m2, good.n, good.ram_avg, good.ram_m2),
         cores_avg = plow.merged_avg(s.n, s.cores_avg, good.n, good.cores_avg),
         cores_m2 = plow.merged_m2(s.n, s.cores_avg, s.cores_m2, good.n, good.cores_avg, good.cores_m2),
         core_time_avg = plow.merged_avg(s.n, s.core_time_avg, good.n, good.core_time_avg),
         core_time_m2 = plow.merged_m2(s.n, s.core_time_avg, s.core_time_m2, good.n, good.core_time_avg, good.core_time_m2),
         clock_time_avg = plow.merged_avg(s.n, s.clock_time_avg, good.n, good.clock_time_avg),
         clock_time_m2 = plow.merged_m2(s.n, s.clock_time_avg, s.clock_time_m2, good.n, good.clock_time_avg, good.clock_time_m2),
         core_time_low = least(s.core_time_low, good.core_time_low),
         clock_time_low = least(s.clock_time_low, good.clock_time_low),
         core_time_success = s.core_time_success + coalesce(good.core_time, 0),
         clock_time_success = s.clock_time_success + coalesce(good.clock_time, 0)
    from every left join good using (layer_id)
   where s.layer_id = every.layer_id;

  update plow.job_stat as s
     set ram_high = greatest(s.ram_high, j.ram_high), cores_high = greatest(s.cores_high, j.cores_high),
         core_time_high = greatest(s.core_time_high, j.core_time_high),
         clock_time_high = greatest(s.clock_time_high, j.clock_time_high),
         core_time_success = s.core_time_success + j.core_time_success,
         core_time_fail = s.core_time_fail + j.core_time_fail
    from (select e.job_id, max(e.high_ram) as ram_high, max(e.high_cores) as cores_high,
                 max(e.clock_ms * e.cores) as core_time_high, max(e.clock_ms) as clock_time_high,
                 coalesce(sum(e.clock_ms * e.cores) filter (where e.verdict = 'success'), 0) as core_time_success,
                 coalesce(sum(e.clock_ms * e.cores) filter (where e.verdict <> 'success'), 0) as core_time_fail
            from unnest(p_ended) as e where e.end_reason <> 'ABORTED' group by e.job_id) as j
   where s.job_id = j.job_id;
end
$$;
