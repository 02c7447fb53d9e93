-- place_for(node, its cores, its ram, memory of its devices, its os, layer) returns (cores, ram, refused)
-- The lasting rules of where a task may run, for commit_plan, check_launch and explain: how much of the node one proc
-- takes, and the codes of the rules that refuse the node whatever else happens there. Empty: it may run here.
--   tags       the node has none of the layer's tags
--   pool       the layer names pools and the node is in none of them
--   exclusive  the node is in an exclusive pool that the layer does not name
--   os         the layer asks for another system
--   machine    the whole machine has too few cores or too little memory
--   cores, ram the node is too small for a proc, in its slot mode
--   gpus       it has too few devices of the size
create or replace function plow.place_for(
  p_node plow.node, p_cores int, p_ram int, p_gpus int[], p_os text, p_layer plow.layer
) returns table (cores int, ram int, refused text[]) language sql immutable rows 1 as $$
  select size.cores, size.ram,
         case when p_layer.tags && p_node.tags then '{}' else array['tags'] end
         || case when p_layer.pools = '{}' or p_layer.pools && p_node.pools then '{}'::text[] else array['pool'] end
         || case when p_node.exclusive_pools = '{}' or p_layer.pools && p_node.exclusive_pools then '{}'::text[]
                 else array['exclusive'] end
         || case when p_layer.os = '' or p_layer.os = p_os then '{}'::text[] else array['os'] end
         || case when p_layer.node_cores <= p_cores and p_layer.node_ram <= p_ram then '{}'::text[]
                 else array['machine'] end
         || case when size.cores <= p_cores then '{}'::text[] else array['cores'] end
         || case when size.ram <= p_ram then '{}'::text[] else array['ram'] end
         || case when p_layer.gpus = 0 then '{}'::text[]
                 when (select count(*) from unnest(p_gpus) as memory where memory >= p_layer.gpu_ram) >= p_layer.gpus
                 then '{}'::text[] else array['gpus'] end
    from plow.proc_size(
           case when p_layer.whole_node then 'SINGLE' else p_node.slot_mode end, p_node.slot_cores, p_node.slot_ram,
           p_cores, p_ram, p_layer.min_cores, plow.asked_ram(p_layer)) as size
$$;
