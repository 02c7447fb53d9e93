-- set_node_cluster(node, cluster) returns void
-- Moves a node, which takes the cluster's tags.
-- Locks: cluster row, shared; then node counter.  Changes: node.  Raises: NotFound; NotAllowed while the node has procs.  Rings: plow_farm.
create or replace function plow.set_node_cluster(p_node uuid, p_cluster uuid) returns void language plpgsql as $$
declare
  v_node plow.node;
  v_tags text[];
begin
  select tags into v_tags from plow.cluster where id = p_cluster for share;  -- before the node: see lock_rows
  v_node := plow.idle_node(p_node);
  if v_tags is null then
    raise exception 'no cluster ''%''', p_cluster using errcode = 'PW001';
  end if;
  update plow.node set cluster_id = p_cluster, tags = v_tags where id = v_node.id;
  perform pg_notify('plow_farm', '');
end
$$;
