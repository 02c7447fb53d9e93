-- add_node(name, address, cores, ram) returns node
-- A node that nobody knew joins the default cluster and takes its tags, and the pools that name it; two that say so at
-- once make one.
-- Locks: the advisory lock of lock_pools, shared: who changes pools meanwhile is waited for, or sees it.
-- Changes: node, node_counter, node_report.  Raises: NotAllowed without a default cluster.
create or replace function plow.add_node(p_name text, p_address text, p_cores int, p_ram int)
returns plow.node language plpgsql as $$
declare
  v_node plow.node;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('plow pools', 0));
  insert into plow.node (cluster_id, name, address, tags, pools, exclusive_pools)
  select cluster.id, p_name, p_address, cluster.tags, plow.pools_of(p_name, false), plow.pools_of(p_name, true)
    from plow.cluster where is_default
  on conflict (name) do nothing
  returning * into v_node;
  if not found then
    select * into v_node from plow.node where name = p_name;
    if not found then
      raise exception 'no default cluster for node ''%''', p_name using errcode = 'PW004';
    end if;
    return v_node;
  end if;
  insert into plow.node_counter (node_id, cores, ram, idle_cores, idle_ram)
  values (v_node.id, p_cores, p_ram, p_cores, p_ram);
  insert into plow.node_report (node_id, updated) values (v_node.id, plow.now());
  return v_node;
end
$$;
