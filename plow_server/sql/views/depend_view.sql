-- DependT.
create view plow.depend_view as
select depend.id, depend.type, depend.is_active as active,
       plow.ms(depend.created) as created_time,
       plow.ms(depend.satisfied) as satisfied_time,
       depend.dependent_job_id,
       depend.on_job_id as depend_on_job_id,
       depend.dependent_layer_id,
       depend.on_layer_id as depend_on_layer_id,
       depend.dependent_task_id,
       depend.on_task_id as depend_on_task_id,
       job.name as dependent_job_name,
       on_job.name as depend_on_job_name,
       layer.name as dependent_layer_name,
       on_layer.name as depend_on_layer_name,
       task.name as dependent_task_name,
       on_task.name as depend_on_task_name
  from plow.depend
  join plow.job on job.id = depend.dependent_job_id
  join plow.job as on_job on on_job.id = depend.on_job_id
  left join plow.task on task.id = depend.dependent_task_id
  left join plow.task as on_task on on_task.id = depend.on_task_id
  left join plow.layer on layer.id = depend.dependent_layer_id
  left join plow.layer as on_layer on on_layer.id = depend.on_layer_id;
