-- FolderT without its jobs; the totals are over all jobs of the folder: those of finished ones are kept (folder_done),
-- however many there are.
create view plow.folder_view as
select folder.id, folder.name, folder.min_cores, folder.max_cores, counter.run_cores, counter.run_procs,
       folder.sort_order as "order",
       totals.total + coalesce(done.total, 0) as totals__total_task_count,
       totals.succeeded + coalesce(done.succeeded, 0) as totals__succeeded_task_count,
       totals.running as totals__running_task_count,
       totals.dead + coalesce(done.dead, 0) as totals__dead_task_count,
       totals.eaten + coalesce(done.eaten, 0) as totals__eaten_task_count,
       totals.waiting + coalesce(done.waiting, 0) as totals__waiting_task_count,
       totals.depend + coalesce(done.depend, 0) as totals__depend_task_count,
       folder.project_id
  from plow.folder
  join plow.folder_counter as counter on counter.folder_id = folder.id
  left join plow.folder_done as done on done.folder_id = folder.id
 cross join lateral (
   select coalesce(sum(total), 0) as total, coalesce(sum(succeeded), 0) as succeeded,
          coalesce(sum(running), 0) as running, coalesce(sum(dead), 0) as dead, coalesce(sum(eaten), 0) as eaten,
          coalesce(sum(waiting), 0) as waiting, coalesce(sum(depend), 0) as depend
     from plow.job
     join plow.job_counter on job_counter.job_id = job.id
    where job.project_id = folder.project_id and job.folder_id = folder.id and job.state <> 'FINISHED') as totals;
