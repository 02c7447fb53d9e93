-- AttemptT: attempts that ended, with the names of what they were part of.
create view plow.past_attempt_view as
select attempt.id as proc_id, attempt.task_id, attempt.layer_id, attempt.job_id,
       -- The task of an archived job is gone; its log was called after it.
       coalesce(task.name, substring(attempt.log_path from '([^/]*)\.-?[0-9]+\.log$'), '') as task_name,
       coalesce(layer.name, '') as layer_name,
       coalesce(job.name, '') as job_name,
       attempt.number as attempt,
       attempt.node as node_name,
       attempt.cores, attempt.ram,
       plow.ms(attempt.started) as start_time,
       plow.ms(attempt.stopped) as stop_time,
       attempt.exit_status, attempt.exit_signal, attempt.end_reason, attempt.reason, attempt.high_ram,
       attempt.high_cores, attempt.clock_ms, attempt.cpu_ms, attempt.log_path, attempt.command_index, attempt.warnings,
       attempt.gpus, attempt.predicted_ram, attempt.predicted_clock_ms, attempt.fingerprint
  from plow.attempt
  left join plow.task on task.id = attempt.task_id
  left join plow.layer on layer.id = attempt.layer_id
  left join plow.job on job.id = attempt.job_id;
