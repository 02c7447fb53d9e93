-- What is sent to nodes.

-- name: start_orders
select proc.id as proc_id, proc.task_id, proc.job_id, proc.layer_id, proc.node_id, node.address,
       proc.cores, proc.ram, proc.attempt, job.name as job_name, job.username, job.uid, job.env as job_env,
       job.log_path, layer.name as layer_name, layer.env as layer_env, layer.command, layer.chunk, layer.service,
       layer.kill_grace_s, layer.run, case when layer.limits_ram then layer.max_ram end as memory_limit,
       case when exists (select from plow.node_gpu where node_gpu.node_id = proc.node_id) then proc.gpus end as gpus,
       layer.range is not null as has_frames, task.name as task_name, task.number, task.frames,
       plow.task_log_path(job.log_path, task.name, proc.attempt) as log_file
  from unnest(%(procs)s::uuid[]) with ordinality as wanted (id, place)
  join plow.proc on proc.id = wanted.id and proc.state = 'BOOKED'
  join plow.node on node.id = proc.node_id
  join plow.job on job.id = proc.job_id
  join plow.layer on layer.id = proc.layer_id
  join plow.task on task.id = proc.task_id
 order by wanted.place

-- name: overdue_starts
select proc.id
  from plow.proc join plow.node on node.id = proc.node_id and node.state = 'UP'
 where proc.state = 'BOOKED' and proc.created < plow.now() - make_interval(secs => %(after_s)s)
 order by proc.created
 limit 1000

-- name: killing_procs
select proc.id as proc_id, proc.node_id, node.address, coalesce(proc.kill_reason, '') as reason
  from plow.proc join plow.node on node.id = proc.node_id
 where proc.state = 'KILLING'
 order by proc.id
