-- made_jobs() returns uuid[], the jobs that this transaction has made
-- Their row stands for everything launched with them.
create or replace function plow.made_jobs() returns uuid[] language sql stable as $$
  select coalesce(string_to_array(nullif(current_setting('plow.made_jobs', true), ''), ' ')::uuid[], '{}')
$$;
