-- task_log_path(folder, task, attempt) returns text
-- The log file of one attempt; -1 is the attempt before the first.
create or replace function plow.task_log_path(p_folder text, p_task text, p_attempt int)
returns text language sql immutable parallel safe as $$
  select p_folder || '/' || p_task || '.' || p_attempt || '.log'
$$;
