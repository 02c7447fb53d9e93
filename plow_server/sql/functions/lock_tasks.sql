-- lock_tasks(tasks) returns void
-- Locks the jobs and layers of some tasks, so that their states hold still.
-- Locks: job and layer counters.
create or replace function plow.lock_tasks(p_task uuid[]) returns void language plpgsql as $$
declare
  v_job uuid[];
  v_layer uuid[];
begin
  select array_agg(distinct job_id), array_agg(distinct layer_id) into v_job, v_layer
    from plow.task where id = any(p_task);
  perform plow.lock_rows(null, null, v_job, v_layer, null);
end
$$;
