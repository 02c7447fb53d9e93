-- activate_depend(depend) returns void
-- Makes a dropped or satisfied depend hold again; nothing happens where it holds.
-- Locks: the turn of those who make depends; job and layer counters of both sides.  Changes: depend, task, waiting, counters of tasks.
-- Raises: NotFound; NotAllowed where the dependent job, or what it would wait for, is over.
create or replace function plow.activate_depend(p_depend uuid) returns void language plpgsql as $$
declare
  v_depend plow.depend;
begin
  perform plow.take_depends_turn();
  select * into v_depend from plow.depend where id = p_depend;
  if not found then
    raise exception 'no depend ''%''', p_depend using errcode = 'PW001';
  end if;
  perform plow.lock_rows(
    null, null, array[v_depend.dependent_job_id, v_depend.on_job_id],
    array[v_depend.dependent_layer_id, v_depend.on_layer_id], null,
    case when v_depend.type = 'JOB_ON_JOB' then array[v_depend.dependent_job_id] else '{}' end);
  if exists (select from plow.job where id = v_depend.dependent_job_id and state = 'FINISHED') then
    raise exception 'the job that would wait has finished' using errcode = 'PW004';
  elsif plow.is_done(v_depend.on_job_id, v_depend.on_layer_id, v_depend.on_task_id) then
    raise exception 'what it would wait for is over' using errcode = 'PW004';
  end if;
  update plow.depend set is_active = true, satisfied = null, is_dropped = false where id = p_depend and not is_active;
  if found then
    perform plow.hold_dependents(array[p_depend]);
  end if;
end
$$;
