-- What a query of jobs can ask for: an expression over the tables that jobs_where joins, one for each field of
-- plow_client/query/field.py. A duration is milliseconds, a moment a timestamptz, memory MB.

-- name: id
job.id
-- name: name
job.name
-- name: project
project.code
-- name: folder
folder.name
-- name: user
job.username
-- name: state
job.state
-- name: paused
job.paused
-- name: pausereason
job.pause_reason
-- name: priority
job.priority
-- name: mincores
job.min_cores
-- name: maxcores
job.max_cores
-- name: cores
counter.run_cores
-- name: procs
counter.run_procs
-- name: tasks
counter.total
-- name: waiting
counter.waiting
-- name: running
counter.running
-- name: dead
counter.dead
-- name: eaten
counter.eaten
-- name: depend
counter.depend
-- name: succeeded
counter.succeeded
-- name: done
(counter.succeeded + counter.eaten)
-- name: progress
(case when counter.total > 0 then 100.0::float8 * (counter.succeeded + counter.eaten) / counter.total else 0 end)
-- name: ram
stat.ram_high
-- name: coretime
(stat.core_time_success + stat.core_time_fail)
-- name: age
(extract(epoch from (select plow.now()) - job.created) * 1000)::float8
-- name: started
job.created
-- name: finished
job.stopped
-- name: startafter
job.start_after
-- name: eta
(case when job.state <> 'FINISHED' then job.predicted_end end)
-- name: waits
((select count(*) from plow.depend
   where dependent_job_id = job.id and is_active and on_job_id <> dependent_job_id) > 0)
-- name: post
job.is_post
-- name: restarts
job.restarts
-- name: endreason
coalesce(job.end_reason, '')
-- name: endedby
coalesce(job.ended_by, '')
-- name: pool
array(select pool.name from plow.pool where pool.id = any(job.pools))
-- name: attr
job.attrs
