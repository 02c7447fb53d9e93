-- hold_inside(job) returns void
-- The depends between parts of one job hold again, none of which is done any more; dropped ones stay dropped.
-- Locks: nothing; the caller holds the locks of the job and its layers.  Changes: depend, task, waiting, counters.
create or replace function plow.hold_inside(p_job uuid) returns void language plpgsql as $$
declare
  v_depend uuid[];
begin
  with
  inside as (  -- who waits and for what, as the unique index on active depends has it
    select id, type, is_active, is_dropped, created,
           coalesce(dependent_task_id, dependent_layer_id) as dependent, coalesce(on_task_id, on_layer_id) as target
      from plow.depend where dependent_job_id = p_job and on_job_id = p_job
  ),
  again as (  -- the newest of those that were made one after the other between the same two
    select distinct on (type, dependent, target) id, is_active, is_dropped
      from inside order by type, dependent, target, is_active desc, created desc, id desc
  ),
  held as (
    update plow.depend set is_active = true, satisfied = null
      from again where depend.id = again.id and not again.is_active and not again.is_dropped
    returning depend.id
  )
  select array_agg(id) into v_depend from held;
  perform plow.hold_dependents(v_depend);
end
$$;
