-- ProcT.
create view plow.proc_view as
select proc.id, proc.node_id, job.name as job_name, layer.name as layer_name, task.name as task_name, proc.cores,
       coalesce(use.cores, 0) as used_cores,
       coalesce(use.high_cores, 0) as high_cores,
       proc.ram,
       coalesce(use.rss, 0) as used_ram,
       coalesce(use.high_rss, 0) as high_ram,
       coalesce(use.io, '{0,0,0,0}') as io_stats,
       plow.ms(proc.created) as created_time,
       plow.ms(greatest(use.updated, proc.confirmed, proc.created, proc.stopping)) as updated_time,
       plow.ms(proc.confirmed) as started_time,
       node.name as node_name,
       proc.job_id, proc.layer_id, proc.task_id, proc.state, proc.attempt,
       proc.gpus
  from plow.proc
  join plow.node on node.id = proc.node_id
  join plow.job on job.id = proc.job_id
  join plow.layer on layer.id = proc.layer_id
  join plow.task on task.id = proc.task_id
  left join plow.proc_use as use on use.proc_id = proc.id;
