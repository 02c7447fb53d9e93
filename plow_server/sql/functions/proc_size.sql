-- proc_size(slot mode, slot cores, slot ram, node cores, node ram, min cores, min ram) returns (cores, ram)
-- How much of a node one proc of a layer takes: what the layer asks for; the whole node (SINGLE); or as many
-- slots as hold it (SLOTS). A node too small for it is found out by whoever compares with what is idle.
-- Source: sizes per slot mode of the original (its reference numbers are in the test), without its "all idle
-- cores when memory is short".
create or replace function plow.proc_size(
  p_mode plow.slot_mode, p_slot_cores int, p_slot_ram int, p_node_cores int, p_node_ram int,
  p_min_cores int, p_min_ram int
) returns table (cores int, ram int) language sql immutable rows 1 as $$
  select case p_mode when 'DYNAMIC' then p_min_cores
                     when 'SINGLE' then greatest(p_node_cores, p_min_cores)
                     else least(slots.n * p_slot_cores, 2147483647)::int end,
         case p_mode when 'DYNAMIC' then p_min_ram
                     when 'SINGLE' then greatest(p_node_ram, p_min_ram)
                     else least(slots.n * p_slot_ram, 2147483647)::int end
    from (select greatest(ceil(p_min_cores::numeric / greatest(p_slot_cores, 1)),
                          ceil(p_min_ram::numeric / greatest(p_slot_ram, 1)))::bigint as n) as slots
$$;
