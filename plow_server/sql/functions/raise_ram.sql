-- raise_ram(procs, highest rss) returns void
-- A layer whose attempts use more memory than it asks for asks for more from now on: for what was used, in steps of
-- 256 MB so that a growing process does not change it at each ping, and never for more than its most.
-- Never lowered here. A layer whose minimum history may undercut (fit_ram) is predicted to use as much instead, until
-- history knows better. Tasks keep the value that they were launched with, to be looked at.
-- A layer that somebody has in hand is passed over, as pings wait for nobody: the next one says it again. No bell: a
-- plan made with the old value is refused where it does not fit.
-- Locks: layer counter, without waiting.  Changes: layer.
create or replace function plow.raise_ram(p_proc uuid[], p_rss int[]) returns void language plpgsql as $$
declare
  v_layer uuid;
  v_ram int;
begin
  for v_layer, v_ram in
    select layer.id, least(ceil(max(told.rss) / 256.0)::int * 256, layer.max_ram)
      from unnest(p_proc, p_rss) as told (proc_id, rss)
      join plow.proc on proc.id = told.proc_id
      join plow.layer on layer.id = proc.layer_id and plow.asked_ram(layer) < least(told.rss, layer.max_ram)
     group by layer.id order by layer.id
  loop
    perform from plow.layer_counter where layer_id = v_layer for update skip locked;
    if found then
      update plow.layer
         set min_ram = case when fit_ram and predicted_ram is not null then min_ram else greatest(min_ram, v_ram) end,
             predicted_ram = case when predicted_ram is not null then greatest(predicted_ram, v_ram) end
       where id = v_layer;
    end if;
  end loop;
end
$$;
