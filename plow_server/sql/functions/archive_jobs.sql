-- archive_jobs(days, most) returns int, how many rows went; null where no job is due; call again until then
-- Tasks and depends of the job that is over for the longest, and for so many days, leave the tables that booking reads:
-- at most so many rows at a time. The job, its layers with their counts and sums, its spec, outputs and attempts stay.
-- From the first piece on the job is archived: its tasks cannot be listed and it cannot be run again.
-- Locks: job and layer counters.  Changes: job, task, depend, avoid, retry_wait, past_use.
create or replace function plow.archive_jobs(p_days float8, p_most int default 5000) returns int language plpgsql as $$
declare
  v_job uuid;
  v_tasks int;
  v_depends int;
begin
  select id into v_job
    from plow.job
   where state = 'FINISHED' and not is_cleared and stopped < plow.now() - make_interval(secs => p_days * 86400)
     and not exists (select from plow.proc where proc.job_id = job.id)
     and not plow.has_releases(job.id)
   order by stopped limit 1;
  if v_job is null then
    return null;
  end if;
  perform plow.lock_rows(null, null, null, null, null, array[v_job]);
  update plow.job set archived = coalesce(archived, plow.now()) where id = v_job and state = 'FINISHED';
  if not found then  -- it was started again meanwhile
    return 0;
  end if;

  delete from plow.task where id = any(array(select id from plow.task where job_id = v_job limit p_most));
  get diagnostics v_tasks = row_count;
  delete from plow.depend
   where id = any(array(select id from plow.depend where dependent_job_id = v_job limit p_most - v_tasks));
  get diagnostics v_depends = row_count;
  if v_tasks + v_depends < p_most then
    perform plow.forget_avoids(v_job, null);
    delete from plow.task_loss where job_id = v_job;
    delete from plow.retry_wait where layer_id = any(array(select id from plow.layer where job_id = v_job));
    delete from plow.past_use
     using (select key from plow.past_use where key = any(array(select id from plow.layer where job_id = v_job))
             order by key for update) as held  -- as learn_history has it
     where past_use.key = held.key;
    update plow.job set is_cleared = true where id = v_job;
  end if;
  return v_tasks + v_depends;
end
$$;
