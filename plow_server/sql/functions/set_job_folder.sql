-- set_job_folder(job, folder) returns void
-- Moves a job to another folder of its project, and what it runs from one folder's cores to the other's. A folder
-- that is full by it starts nothing until it has room again.
-- Locks: folder counters of both, job counter, folder_done of both.  Changes: job, folder_counter, folder_done.  Rings: plow_farm.
-- Raises: NotFound job or folder; Invalid a folder of another project; 40001 where somebody else moved the job meanwhile.
create or replace function plow.set_job_folder(p_job uuid, p_folder uuid) returns void language plpgsql as $$
declare
  v_from uuid;
  v_project uuid;
  v_is_over boolean;
  v_counter plow.job_counter;
begin
  select folder_id, project_id into v_from, v_project from plow.job where id = p_job;
  if not found then
    raise exception 'no job ''%''', p_job using errcode = 'PW001';
  end if;
  perform plow.lock_rows(null, array[v_from, p_folder], array[p_job], null, null);
  if not exists (select from plow.folder where id = p_folder) then
    raise exception 'no folder ''%''', p_folder using errcode = 'PW001';
  elsif not exists (select from plow.folder where id = p_folder and project_id = v_project) then
    raise exception 'folder ''%'' belongs to another project than the job', p_folder using errcode = 'PW003';
  end if;
  select state = 'FINISHED' into v_is_over from plow.job where id = p_job and folder_id = v_from;
  if not found then
    raise exception 'a job changed its folder meanwhile' using errcode = '40001';
  end if;
  if v_is_over then
    perform plow.lock_done(array[v_from, p_folder]);
    perform plow.count_done(p_job, -1);
  end if;
  update plow.job set folder_id = p_folder where id = p_job;
  if v_is_over then
    perform plow.count_done(p_job, 1);
  end if;
  select * into v_counter from plow.job_counter where job_id = p_job;
  update plow.folder_counter set run_cores = run_cores - v_counter.run_cores, run_procs = run_procs - v_counter.run_procs
   where folder_id = v_from;
  update plow.folder_counter set run_cores = run_cores + v_counter.run_cores, run_procs = run_procs + v_counter.run_procs
   where folder_id = p_folder;
  perform pg_notify('plow_farm', '');
end
$$;
