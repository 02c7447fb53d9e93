-- take_depends_turn() returns void
-- One at a time makes depends: whoever then looks for circles sees what others made meanwhile.
-- Comes before all locks of rows.  Locks: an advisory lock to the end of the transaction.
create or replace function plow.take_depends_turn() returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('plow depends', 0));
$$;
