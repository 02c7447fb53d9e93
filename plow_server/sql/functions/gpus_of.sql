-- gpus_of(node) returns int[], the memory in MB of each device that its last ping told of
create or replace function plow.gpus_of(p_node uuid) returns int[] language sql stable as $$
  select array(select memory from plow.node_gpu where node_id = p_node and is_present order by memory)
$$;
