-- TaskStatsT: attempts that ended, and those that run. proc_id is the attempt's id.
create view plow.attempt_view as
select attempt.cores, 0::float8 as used_cores, attempt.high_cores, attempt.ram, 0 as used_ram, attempt.high_ram,
       plow.ms(attempt.started) as start_time,
       plow.ms(attempt.stopped) as stop_time,
       attempt.number as retry_num,
       case when attempt.end_reason = 'EXITED' and attempt.exit_status = 0 then 100 else 0 end as progress,
       ''::text as last_log_line,
       false as active,
       attempt.exit_status, attempt.exit_signal,
       attempt.node as last_node,
       attempt.id as proc_id,
       attempt.end_reason, attempt.reason, attempt.log_path
  from plow.attempt
union all
select proc.cores, coalesce(use.cores, 0), coalesce(use.high_cores, 0), proc.ram, coalesce(use.rss, 0),
       coalesce(use.high_rss, 0), plow.ms(proc.created), 0, proc.attempt, coalesce(use.progress, 0),
       coalesce(use.last_log, ''), true, 0, 0, node.name, proc.id, null, null,
       plow.task_log_path(job.log_path, task.name, proc.attempt)
  from plow.proc
  join plow.node on node.id = proc.node_id
  join plow.task on task.id = proc.task_id
  join plow.job on job.id = proc.job_id
  left join plow.proc_use as use on use.proc_id = proc.id;
