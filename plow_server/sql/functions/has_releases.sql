-- has_releases(job) returns boolean
-- Whether the end of the job, or of a part of it, is still in the queue of releases, or just being worked on.
create or replace function plow.has_releases(p_job uuid) returns boolean language sql volatile as $$
  select exists (select from plow.depend_queue where on_job_id = p_job)
      or exists (select from plow.depend_queue as q join plow.layer on layer.id = q.on_layer_id where layer.job_id = p_job)
      or exists (select from plow.depend_queue as q join plow.task on task.id = q.on_task_id where task.job_id = p_job)
$$;
