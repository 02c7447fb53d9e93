-- What a query of tasks says about their layer and job: enough to find the layers to look into, over the tables that
-- layers_in_reach and running_in_reach join. `waiting` to `succeeded` count the layer's tasks in that state.

-- name: layer
layer.name
-- name: layerid
layer.id
-- name: service
layer.service
-- name: tag
layer.tags
-- name: mincores
layer.min_cores
-- name: gpus
layer.gpus
-- name: job
job.name
-- name: jobid
layer.job_id
-- name: project
project.code
-- name: folder
folder.name
-- name: user
job.username
-- name: paused
job.paused
-- name: priority
job.priority
-- name: submitted
job.created
-- name: age
(extract(epoch from (select plow.now()) - job.created) * 1000)::float8
-- name: attr
job.attrs
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
