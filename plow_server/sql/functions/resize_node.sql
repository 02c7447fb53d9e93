-- resize_node(node, cores, ram) returns whether it gained room
-- What its procs hold it keeps, even where it has become smaller than that.
-- The caller has the node's report in hand, so nobody else resizes it meanwhile.
-- Changes: node_counter.
create or replace function plow.resize_node(p_node uuid, p_cores int, p_ram int)
returns boolean language plpgsql as $$
declare
  v_was plow.node_counter;
begin
  select * into v_was from plow.node_counter where node_id = p_node;
  update plow.node_counter
     set cores = greatest(p_cores, cores - idle_cores), idle_cores = greatest(p_cores - (cores - idle_cores), 0),
         ram = greatest(p_ram, ram - idle_ram), idle_ram = greatest(p_ram - (ram - idle_ram), 0)
   where node_id = p_node;
  return p_cores > v_was.cores or p_ram > v_was.ram;
end
$$;
