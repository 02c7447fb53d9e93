-- kill_proc(proc, reason) returns boolean, false where it was being stopped already
-- Stops an attempt and queues its task again at no cost; the cores are free when the node says so.
-- Locks: job and layer counters.  Changes: proc, task, waiting, counters of tasks.  Rings: plow_kill.
-- Raises: NotFound, also where it ended meanwhile.
create or replace function plow.kill_proc(p_proc uuid, p_reason text) returns boolean language plpgsql as $$
declare
  v_proc plow.proc;
begin
  select * into v_proc from plow.proc where id = p_proc;
  perform plow.lock_rows(null, null, array[v_proc.job_id], array[v_proc.layer_id], null);
  select * into v_proc from plow.proc where id = p_proc;
  if not found then
    raise exception 'no proc ''%''', p_proc using errcode = 'PW001';
  end if;
  return plow.stop_tasks(array[v_proc.task_id], 'WAITING', 669, p_reason) > 0;  -- the task of one being killed does not run
end
$$;
