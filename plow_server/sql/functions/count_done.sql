-- count_done(job, sign) returns void
-- Adds the tasks of a finished job to what its folder has done (1), or takes them away (-1): before it runs again, or
-- moves to another folder. Who changes several folders locks their rows first (lock_done).
-- Locks: folder_done row.  Changes: folder_done.  The caller holds the lock of the job.
create or replace function plow.count_done(p_job uuid, p_sign int) returns void language sql as $$
  insert into plow.folder_done as done (folder_id, total, waiting, dead, eaten, depend, succeeded)
  select job.folder_id, p_sign * total, p_sign * waiting, p_sign * dead, p_sign * eaten, p_sign * depend, p_sign * succeeded
    from plow.job join plow.job_counter as counter on counter.job_id = job.id
   where job.id = p_job
  on conflict (folder_id) do update
     set total = done.total + excluded.total, waiting = done.waiting + excluded.waiting, dead = done.dead + excluded.dead,
         eaten = done.eaten + excluded.eaten, depend = done.depend + excluded.depend,
         succeeded = done.succeeded + excluded.succeeded
$$;
