-- held_by(job, now) returns text: the code of the rule that keeps everything of a job from starting, null where none does
--   finished     it is over
--   post         it is a post job, and its first job still runs
--   paused       somebody, a filter or the farm paused it
--   start_after  its time has not come
create or replace function plow.held_by(p_job plow.job, p_now timestamptz) returns text language sql immutable as $$
  select case when p_job.state = 'FINISHED' then 'finished'
              when p_job.state <> 'RUNNING' then 'post'
              when p_job.paused then 'paused'
              when p_job.start_after > p_now then 'start_after' end
$$;
