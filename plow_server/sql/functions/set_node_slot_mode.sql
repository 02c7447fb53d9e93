-- set_node_slot_mode(node, mode, cores, ram) returns void
-- How a node is divided; only SLOTS has a size.
-- Locks: node counter.  Changes: node.  Rings: plow_farm.
-- Raises: NotFound; NotAllowed while the node has procs; Invalid SLOTS without cores or memory.
create or replace function plow.set_node_slot_mode(p_node uuid, p_mode plow.slot_mode, p_cores int, p_ram int)
returns void language plpgsql as $$
declare
  v_node plow.node := plow.idle_node(p_node);
begin
  if p_mode = 'SLOTS' and least(p_cores, p_ram) <= 0 then
    raise exception 'slots of % cores and % MB', p_cores, p_ram using errcode = 'PW003';
  end if;
  update plow.node
     set slot_mode = p_mode,
         slot_cores = case when p_mode = 'SLOTS' then p_cores else 0 end,
         slot_ram = case when p_mode = 'SLOTS' then p_ram else 0 end
   where id = v_node.id;
  perform pg_notify('plow_farm', '');
end
$$;
