-- grow_ram(ended attempts) returns void
-- A task that died for want of memory comes back with half as much again as it was booked with, or a quarter more than it
-- was seen to use, where that is more; at most what its layer may ask for. The layer's other tasks are booked as before.
-- Locks: nothing; the caller holds the locks of the layers.  Changes: task, layer.
create or replace function plow.grow_ram(p_ended plow.ended_attempt[]) returns void language plpgsql as $$
begin
  if not exists (select from unnest(p_ended) as e where e.end_reason = 'MEMORY') then
    return;
  end if;
  update plow.task set needed_ram = greatest(task.needed_ram, ceil(greatest(e.ram * 1.5, e.high_ram * 1.25))::int)
    from unnest(p_ended) as e where task.id = e.task_id and e.end_reason = 'MEMORY';
  update plow.layer set needed_ram = greatest(layer.needed_ram, least(need.ram, layer.max_ram))
    from (select task.layer_id, max(task.needed_ram) as ram
            from unnest(p_ended) as e join plow.task on task.id = e.task_id
           where e.end_reason = 'MEMORY' group by task.layer_id) as need
   where layer.id = need.layer_id;
end
$$;
