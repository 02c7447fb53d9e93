-- release_later(most) returns int, how many tasks may run again now
-- The time of their next attempt has come (put_off). No more than `most` in one call: call again while it returns so many.
-- Locks: job and layer counters.  Changes: later, waiting, counters of tasks.  Rings: plow_farm.
create or replace function plow.release_later(p_most int default 1000) returns int language plpgsql as $$
declare
  v_now timestamptz := plow.now();
  v_task uuid[] := array(select task_id from plow.later where until <= v_now order by until limit p_most);
  v_due uuid[];
begin
  if cardinality(v_task) = 0 then
    return 0;
  end if;
  perform plow.lock_tasks(v_task, null);
  with gone as (
    delete from plow.later where task_id = any(v_task) and until <= v_now returning task_id
  )
  select array_agg(task_id) into v_due from gone;
  perform plow.move_tasks(array(select id from plow.task where id = any(v_due) and state = 'WAITING'), 'WAITING');
  perform pg_notify('plow_farm', '');
  return coalesce(cardinality(v_due), 0);
end
$$;
