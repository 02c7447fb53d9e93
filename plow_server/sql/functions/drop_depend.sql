-- drop_depend(depend) returns void
-- Lets the dependents go on as if the depend were satisfied; nothing happens where it is, but that a
-- restart will not make it hold again.
-- Locks: job and layer counters of the dependents.  Changes: depend, task, waiting, counters of tasks.
-- Raises: NotFound.  Rings: plow_farm.
create or replace function plow.drop_depend(p_depend uuid) returns void language plpgsql as $$
begin
  if not exists (select from plow.depend where id = p_depend) then
    raise exception 'no depend ''%''', p_depend using errcode = 'PW001';
  end if;
  perform plow.satisfy_depends(array[p_depend]);
  update plow.depend set is_dropped = true where id = p_depend;
  perform pg_notify('plow_farm', '');
end
$$;
