-- place_for(node, its cores, its ram, tags, min cores, min ram) returns (cores, ram, fits)
-- The rule of where a task may run at all, for commit_plan, check_launch and whoever explains: how much of the node one
-- proc takes, and whether the node is large enough and has one of the tags.
create or replace function plow.place_for(
  p_node plow.node, p_cores int, p_ram int, p_tags text[], p_min_cores int, p_min_ram int
) returns table (cores int, ram int, fits boolean) language sql immutable rows 1 as $$
  select size.cores, size.ram, p_tags && p_node.tags and size.cores <= p_cores and size.ram <= p_ram
    from plow.proc_size(
           p_node.slot_mode, p_node.slot_cores, p_node.slot_ram, p_cores, p_ram, p_min_cores, p_min_ram) as size
$$;
