-- lock_tasks(tasks, states) returns uuid[], those that are in one of the states, null = any
-- Locks the jobs and layers of some tasks, so that their states hold still; then looks at them.
-- Locks: job and layer counters; those of post jobs, which start where such a job ends by it.
create or replace function plow.lock_tasks(p_task uuid[], p_state plow.task_state[])
returns uuid[] language plpgsql as $$
declare
  v_job uuid[];
  v_layer uuid[];
begin
  select array_agg(distinct job_id), array_agg(distinct layer_id) into v_job, v_layer
    from plow.task where id = any(p_task);
  perform plow.lock_rows(null, null, plow.with_posts(v_job), v_layer, null);
  return array(select id from plow.task where id = any(p_task) and (p_state is null or state = any(p_state)));
end
$$;
