-- What a query of tasks can ask for beside the fields of layer.sql: expressions over the tables that found_where joins.
-- Each is what task_view shows. `proc` is the live one, not one that is being killed.

-- name: id
task.id
-- name: name
task.name
-- name: frame
task.number
-- name: order
task.ord
-- name: state
task.state
-- name: node
coalesce(task.last_node, '')
-- name: cores
coalesce(proc.cores, task.last_cores, 0)
-- name: usedcores
coalesce(use.cores, 0)
-- name: ram
greatest(use.high_rss, task.high_ram)
-- name: usedram
coalesce(use.rss, 0)
-- name: bookedram
coalesce(proc.ram, task.last_ram, 0)
-- name: minram
task.min_ram
-- name: retries
task.retries
-- name: failures
task.failures
-- name: runtime
(extract(epoch from case when proc.id is null then task.stopped else (select plow.now()) end - task.started) * 1000)::float8
-- name: progress
coalesce(use.progress, case when task.state = 'SUCCEEDED' then 100 else 0 end)
-- name: lastlog
coalesce(use.last_log, '')
-- name: exit
coalesce(task.exit_status, 0)
-- name: signal
coalesce(task.exit_signal, 0)
-- name: endreason
(select attempt.end_reason from plow.attempt
  where attempt.task_id = task.id and attempt.number = task.retries and proc.id is null
  order by attempt.stopped desc limit 1)
-- name: started
task.started
-- name: stopped
(case when proc.id is null then task.stopped end)
-- name: updated
task.updated
