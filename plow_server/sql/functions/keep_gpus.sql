-- keep_gpus(node, devices) returns boolean, whether they are others than before
-- A node's devices as its ping told of them, by the fields of GpuT; null: it says nothing of any. What is gone while a
-- proc has it stays, as not present, until that ends. How much of them is free is not looked at.
-- Locks: node counter, where something changed.  Changes: node_gpu.
create or replace function plow.keep_gpus(p_node uuid, p_gpus jsonb) returns boolean language plpgsql as $$
begin
  if not exists (
    select from plow.told_gpus(p_gpus) as told
      full join (select * from plow.node_gpu where node_id = p_node) as known on known.index = told.index
     where (told.index, told.model, told.memory, told.uuid, true)
           is distinct from (known.index, known.model, known.memory, known.uuid, known.is_present)
       and (told.index is not null or known.is_present or known.proc_id is null)
  ) then
    return false;
  end if;
  perform plow.lock_rows(null, null, null, null, array[p_node]);
  insert into plow.node_gpu as known (node_id, index, model, memory, uuid)
  select p_node, told.index, told.model, told.memory, told.uuid from plow.told_gpus(p_gpus) as told
  on conflict (node_id, index) do update
     set model = excluded.model, memory = excluded.memory, uuid = excluded.uuid, is_present = true;
  update plow.node_gpu as known set is_present = false
   where known.node_id = p_node and known.is_present and known.proc_id is not null
     and not exists (select from plow.told_gpus(p_gpus) as told where told.index = known.index);
  delete from plow.node_gpu as known
   where known.node_id = p_node and known.proc_id is null
     and not exists (select from plow.told_gpus(p_gpus) as told where told.index = known.index);
  return true;
end
$$;
