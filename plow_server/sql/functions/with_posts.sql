-- with_posts(jobs) returns uuid[]: the jobs, and the post jobs of those that have one
-- Whoever may finish a job starts its post job, and so locks both (finish_job).
create or replace function plow.with_posts(p_job uuid[]) returns uuid[] language sql stable as $$
  select p_job || array(select post_job_id from plow.job_post where job_id = any(p_job))
$$;
