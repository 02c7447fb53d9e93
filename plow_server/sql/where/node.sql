-- What a query of nodes can ask for: expressions over the tables that nodes_where joins, one for each field of
-- plow_client/query/field.py. A duration is milliseconds, a moment a timestamptz, memory MB.

-- name: id
node.id
-- name: name
node.name
-- name: state
node.state
-- name: reason
node.state_reason
-- name: locked
node.is_locked
-- name: cluster
cluster.name
-- name: clusterid
node.cluster_id
-- name: tag
node.tags
-- name: pool
array(select pool.name from plow.pool where pool.id = any(node.pools))
-- name: mode
node.slot_mode
-- name: cores
counter.cores
-- name: idle
counter.idle_cores
-- name: procs
counter.run_procs
-- name: ram
counter.ram
-- name: free
counter.idle_ram
-- name: systemram
report.total_ram
-- name: systemfree
report.free_ram
-- name: swap
report.total_swap
-- name: freeswap
report.free_swap
-- name: freedisk
(select min((disk ->> 'freeMb')::float8) from jsonb_array_elements(report.disks) as disk)
-- name: load
report.load[1]
-- name: gpus
coalesce(jsonb_array_length(report.gpus), 0)
-- name: idlegpus
coalesce(cardinality(plow.idle_gpus(node.id, 0)), 0)
-- name: gpuram
coalesce((select max((gpu ->> 'memoryMb')::float8) from jsonb_array_elements(report.gpus) as gpu), 0)
-- name: gpu
array(select gpu ->> 'model' from jsonb_array_elements(report.gpus) as gpu)
-- name: os
coalesce(report.os, '')
-- name: arch
coalesce(report.arch, '')
-- name: cpu
report.cpu_model
-- name: platform
report.platform
-- name: version
coalesce(report.version, '')
-- name: ip
report.ip
-- name: ping
(extract(epoch from (select plow.now()) - report.updated) * 1000)::float8
-- name: uptime
(extract(epoch from (select plow.now()) - report.boot_time) * 1000)::float8
-- name: booted
report.boot_time
-- name: created
node.created
-- name: draining
report.is_draining
-- name: rebooting
(node.is_rebooting or report.is_reboot)
-- name: reserved
exists (select from plow.reservation where reservation.node_id = node.id and reservation.kept_until > (select plow.now()))
-- name: away
coalesce('the server cannot call it: ' || uncallable.why, report.away_reason, '')
-- name: user
report.users
-- name: complaint
report.complaints
-- name: job
array(select job.name from plow.proc join plow.job on job.id = proc.job_id where proc.node_id = node.id)
-- name: metric
report.metrics
