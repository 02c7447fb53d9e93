-- note_depends() is the trigger of new depends
-- A row of blame for each, or for each layer that waits where a statement made more than a thousand. Those launched
-- with a job have none.
-- Changes: blame.
create or replace function plow.note_depends() returns trigger language plpgsql as $$
declare
  v_new int := (select count(*) from made);
begin
  if v_new between 1 and 1000 then
    insert into plow.blame (noun, object_id, job_id, new)
    select 'depend', id, dependent_job_id,
           type || ' on ' || coalesce(on_task_id, on_layer_id, on_job_id)
      from made where dependent_job_id <> all(plow.made_jobs());
  elsif v_new > 0 then
    insert into plow.blame (noun, object_id, job_id, new)
    select 'depend', coalesce(dependent_layer_id, dependent_job_id), dependent_job_id,
           format('%s x %s on %s', count(*), type, coalesce(on_layer_id, on_job_id))
      from made where dependent_job_id <> all(plow.made_jobs())
     group by dependent_job_id, dependent_layer_id, type, on_job_id, on_layer_id;
  end if;
  return null;
end
$$;
