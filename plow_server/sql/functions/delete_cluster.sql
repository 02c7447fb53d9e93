-- delete_cluster(cluster) returns boolean, whether it was there
-- Its quotas go with it.
-- Locks: cluster row, which new quotas and nodes share; quota counters of the cluster.  Changes: cluster, quota.
-- Raises: NotAllowed while it has nodes, or is the one that new nodes join.
create or replace function plow.delete_cluster(p_cluster uuid) returns boolean language plpgsql as $$
declare
  v_cluster plow.cluster;
begin
  select * into v_cluster from plow.cluster where id = p_cluster for update;
  if not found then
    return false;
  end if;
  perform plow.lock_rows(array(select id from plow.quota where cluster_id = p_cluster), null, null, null, null);
  if v_cluster.is_default then
    raise exception 'cluster ''%'' is where new nodes land', v_cluster.name using errcode = 'PW004';
  elsif exists (select from plow.node where cluster_id = p_cluster) then
    raise exception 'cluster ''%'' has nodes', v_cluster.name using errcode = 'PW004';
  end if;
  delete from plow.quota where cluster_id = p_cluster;
  delete from plow.cluster where id = p_cluster;
  return true;
end
$$;
