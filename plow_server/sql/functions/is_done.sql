-- is_done(job, layer, task) returns boolean
-- Whether work that others wait for is over: a task, else a layer, else a job. A finished job, killed ones too, has
-- nothing left that anybody could wait for. What is not there is done.
create or replace function plow.is_done(p_job uuid, p_layer uuid, p_task uuid)
returns boolean language sql volatile as $$
  select not exists (select from plow.job where id = p_job and state <> 'FINISHED')
      or p_task is not null
         and exists (select from plow.task where id = p_task and state in ('SUCCEEDED', 'EATEN'))
      or p_task is null and p_layer is not null
         and exists (select from plow.layer_counter where layer_id = p_layer and succeeded + eaten = total)
$$;
