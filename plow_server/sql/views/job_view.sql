-- JobT.
create view plow.job_view as
select job.id, job.folder_id, job.name, job.username, job.uid, job.state, job.paused, job.min_cores, job.max_cores,
       counter.run_cores, counter.run_procs,
       plow.ms(job.created) as start_time,
       plow.ms(job.stopped) as stop_time,
       counter.total as totals__total_task_count,
       counter.succeeded as totals__succeeded_task_count,
       counter.running as totals__running_task_count,
       counter.dead as totals__dead_task_count,
       counter.eaten as totals__eaten_task_count,
       counter.waiting as totals__waiting_task_count,
       counter.depend as totals__depend_task_count,
       stat.ram_high as stats__high_ram,
       stat.cores_high as stats__high_cores,
       stat.core_time_high as stats__high_core_time,
       stat.core_time_success + stat.core_time_fail as stats__total_core_time,
       stat.core_time_success as stats__total_success_core_time,
       stat.core_time_fail as stats__total_fail_core_time,
       stat.clock_time_high as stats__high_clock_time,
       job.attrs, job.project_id,
       project.code as project_code,
       folder.name as folder_name,
       job.log_path, job.priority,
       plow.ms(job.start_after) as start_after,
       job.is_post, job.end_reason, job.ended_by, job.restarts,
       (select count(*)  -- not `exists`: it would expect a match at once, and read the whole table where there is none
          from plow.depend
         where dependent_job_id = job.id and is_active and on_job_id <> dependent_job_id) > 0 as waits_for_others,
       case when job.pools <> '{}' then array(select name from plow.pool where id = any(job.pools) order by name) end as pools,
       plow.ms(case when job.state <> 'FINISHED' then job.predicted_end end) as predicted_end,
       nullif(job.pause_reason, '') as pause_reason
  from plow.job
  join plow.job_counter as counter on counter.job_id = job.id
  join plow.job_stat as stat on stat.job_id = job.id
  join plow.project on project.id = job.project_id
  join plow.folder on folder.id = job.folder_id;
