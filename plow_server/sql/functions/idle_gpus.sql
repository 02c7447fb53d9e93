-- idle_gpus(node, memory) returns int[], the indices of devices that nobody has and that are as large, the smallest first
create or replace function plow.idle_gpus(p_node uuid, p_ram int) returns int[] language sql stable as $$
  select array(select index from plow.node_gpu
                where node_id = p_node and is_present and proc_id is null and memory >= p_ram order by memory, index)
$$;
