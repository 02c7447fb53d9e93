-- set_default_cluster(cluster) returns void
-- New nodes land here, and new projects get a quota here.
-- Locks: all clusters.  Changes: cluster.  Raises: NotFound.
create or replace function plow.set_default_cluster(p_cluster uuid) returns void language plpgsql as $$
begin
  perform from plow.cluster order by id for no key update;
  if not exists (select from plow.cluster where id = p_cluster) then
    raise exception 'no cluster ''%''', p_cluster using errcode = 'PW001';
  end if;
  update plow.cluster set is_default = false where is_default and id <> p_cluster;
  update plow.cluster set is_default = true where id = p_cluster and not is_default;
end
$$;
