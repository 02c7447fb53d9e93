-- share_named(jobs, layers) returns void
-- The pools and limits that these name stay until the transaction ends; whoever deletes one then finds who names it.
-- In the lock order after jobs and layers, where delete_pool and delete_limit have it too: so a launch calls it last.
-- Locks: pool and limit rows, shared.
-- Raises: 40001 where one went since it was looked up (the caller repeats, and hears which).
create or replace function plow.share_named(p_job uuid[], p_layer uuid[]) returns void language plpgsql as $$
declare
  v_pool uuid[] := array(
    select unnest(pools) from plow.job where id = any(p_job) and pools <> '{}'
    union select unnest(pools) from plow.layer where id = any(p_layer) and pools <> '{}');
  v_limit uuid[] := array(select distinct unnest(limits) from plow.layer where id = any(p_layer) and limits <> '{}');
begin
  perform from plow.pool where id = any(v_pool) order by id for share;
  if (select count(*) from plow.pool where id = any(v_pool)) < cardinality(v_pool) then
    raise exception 'a pool that is named was deleted meanwhile' using errcode = '40001';
  end if;
  perform from plow.limit where id = any(v_limit) order by id for share;
  if (select count(*) from plow.limit where id = any(v_limit)) < cardinality(v_limit) then
    raise exception 'a limit that is named was deleted meanwhile' using errcode = '40001';
  end if;
end
$$;
