-- lock_pools() returns void
-- One at a time changes which node is in which pool; nodes that join meanwhile wait, or are seen (add_node).
-- The first lock of whoever takes it.  Locks: an advisory lock to the end of the transaction.
create or replace function plow.lock_pools() returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('plow pools', 0));
$$;
