-- TaskT. Its stats are those of the live attempt, or what the newest one left behind; why that ended stands in
-- attempt_view only: here it would cost a look into the history for each task of a list.
create view plow.task_view as
select task.id, task.layer_id, task.job_id, task.name, task.number, task.state, task.ord as "order", task.retries,
       layer.min_cores, task.min_ram,
       coalesce(proc.cores, task.last_cores, 0) as stats__cores,
       coalesce(use.cores, 0) as stats__used_cores,
       greatest(use.high_cores, task.high_cores) as stats__high_cores,
       coalesce(proc.ram, task.last_ram, 0) as stats__ram,
       coalesce(use.rss, 0) as stats__used_ram,
       greatest(use.high_rss, task.high_ram) as stats__high_ram,
       plow.ms(task.started) as stats__start_time,
       case when proc.id is null then plow.ms(task.stopped) else 0 end as stats__stop_time,
       task.retries as stats__retry_num,
       coalesce(use.progress, case when task.state = 'SUCCEEDED' then 100 else 0 end) as stats__progress,
       coalesce(use.last_log, '') as stats__last_log_line,
       proc.id is not null as stats__active,
       coalesce(task.exit_status, 0) as stats__exit_status,
       coalesce(task.exit_signal, 0) as stats__exit_signal,
       coalesce(task.last_node, '') as stats__last_node,
       proc.id as stats__proc_id,
       null::plow.attempt_end as stats__end_reason,
       null::text as stats__reason,
       case when task.retries >= 0 then plow.task_log_path(job.log_path, task.name, task.retries) end as stats__log_path,
       case when layer.range is null then null else coalesce(task.frames, task.number::text) end as frames,
       layer.name as layer_name,
       job.name as job_name
  from plow.task
  join plow.layer on layer.id = task.layer_id
  join plow.job on job.id = task.job_id
  left join plow.proc on proc.task_id = task.id and proc.state <> 'KILLING'
  left join plow.proc_use as use on use.proc_id = proc.id;
