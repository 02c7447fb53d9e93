-- take_name(job name) returns void
-- One at a time gives a job this name: a launch, or a restart. Otherwise a restart, which holds locks of jobs, would wait in
-- the index for a launch of the same name to end, and that for one of these jobs, on which its own depends.
-- Comes before all locks of rows.  Locks: an advisory lock to the end of the transaction.
create or replace function plow.take_name(p_name text) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('plow name ' || p_name, 0));
$$;
