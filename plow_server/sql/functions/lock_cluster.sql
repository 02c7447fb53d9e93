-- lock_cluster(cluster, locked) returns boolean, whether that changed something
-- Once this returns, nothing starts on the nodes of a locked cluster.
-- Locks: cluster row, then quota counters of the cluster.  Changes: cluster.  Raises: NotFound.  Rings: plow_farm.
create or replace function plow.lock_cluster(p_cluster uuid, p_locked boolean) returns boolean language plpgsql as $$
declare
  v_was boolean;
begin
  select is_locked into v_was from plow.cluster where id = p_cluster for no key update;
  if not found then
    raise exception 'no cluster ''%''', p_cluster using errcode = 'PW001';
  end if;
  perform plow.lock_rows(array(select id from plow.quota where cluster_id = p_cluster), null, null, null, null);
  update plow.cluster set is_locked = p_locked where id = p_cluster and is_locked <> p_locked;
  perform pg_notify('plow_farm', '');
  return v_was <> p_locked;
end
$$;
