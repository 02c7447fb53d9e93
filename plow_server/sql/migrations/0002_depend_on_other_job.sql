-- Few depends lead to another job; a job may have a hundred thousand of its own, which nobody should read to find them.
create index depend_on_other_job on plow.depend (dependent_job_id) where is_active and on_job_id <> dependent_job_id;
