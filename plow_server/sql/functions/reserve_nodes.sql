-- reserve_nodes(layers, most) returns the reservations made
-- Keeps a node for the next task of each layer that smaller work passes over, in their order, one for a layer, `most`
-- on the farm: the node of those that may run it on which there will be room first, as far as is known of what runs
-- there. The node is given up when the task has not started ten minutes, or a tenth of the wait, after that. What has
-- lapsed is given up first; a layer that is asked for again then gets the node where there is room first by now, so
-- that a wrong guess costs it nothing. Not so where there was room and it did not start: a cap or a limit holds it.
-- Locks: reservation, in share row exclusive mode: one caller at a time; nodes without waiting.  Changes: reservation.
create or replace function plow.reserve_nodes(p_layer uuid[], p_most int)
returns table (node_id uuid, layer_id uuid, starts timestamptz) language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz;
  v_lapsed uuid[];
  v_layer plow.layer;
begin
  lock table plow.reservation in share row exclusive mode;
  v_now := plow.now();
  with gone as (
    delete from plow.reservation as r where plow.has_lapsed(r, v_now) returning r.layer_id
  )
  select coalesce(array_agg(gone.layer_id), '{}') into v_lapsed from gone;
  for v_layer in
    select layer.* from unnest(p_layer) with ordinality as asked (id, place)
      join plow.layer on layer.id = asked.id
      join plow.layer_counter as counter on counter.layer_id = layer.id and counter.ready > 0
      join plow.job on job.id = layer.job_id and plow.held_by(job, v_now) is null
     order by asked.place
  loop
    exit when (select count(*) from plow.reservation) >= p_most;
    return query
    insert into plow.reservation as r (node_id, job_id, layer_id, cores, ram, gpus, starts, kept_until)
    select best.node_id, v_layer.job_id, v_layer.id, best.cores, best.ram, v_layer.gpus, best.starts,
           best.starts + greatest((best.starts - v_now) / 10, interval '10 minutes')
      from plow.soonest_room(v_layer, v_now) as best
      join plow.node on node.id = best.node_id
     where not exists (select from plow.reservation as own where own.layer_id = v_layer.id)
       and (best.starts > v_now or not v_layer.id = any(v_lapsed))
     order by best.starts, best.node_id
     limit 1
       for key share of node skip locked  -- who deletes a node waits for this table
    returning r.node_id, r.layer_id, r.starts;
  end loop;
end
$$;
