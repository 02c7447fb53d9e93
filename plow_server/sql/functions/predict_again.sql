-- predict_again(layers) returns int, how many were changed
-- Living layers get the prediction that history now gives; one that moved by less than a fiftieth stays, so that plans
-- do not change for nothing. What a task needed that died for want of memory is forgotten when it is done.
-- A layer that somebody has in hand is passed over: what it teaches next asks again.
-- No bell: a plan made with the old value is refused where it does not fit.
-- Locks: layer counters, without waiting.  Changes: layer.
create or replace function plow.predict_again(p_layer uuid[]) returns int language plpgsql as $$
declare
  v_layer uuid[] := array(
    select layer_id from plow.layer_counter where layer_id = any(p_layer) order by layer_id for no key update skip locked);
  v_changed int;
begin
  update plow.layer
     set predicted_ram = told.booked, predicted_cores = told.cores, predicted_clock_ms = told.clock_ms,
         predicted_confidence = told.confidence, predicted_samples = told.samples, predicted_basis = told.basis,
         ram_profile = nullif(told.profile, '{}'), profile_first = told.profile_first, profile_step = told.profile_step
    from (select v_layer[past.place] as layer_id, past.*, case when past.is_sure then past.ram end as booked
            from plow.predict_layers(null, null, (
                   select jsonb_agg(jsonb_build_object(
                            'place', entry.place, 'name', layer.name, 'service', layer.service, 'id', layer.id,
                            'project', job.project_id, 'stem', job.stem))
                     from unnest(v_layer) with ordinality as entry (id, place)
                     join plow.layer on layer.id = entry.id join plow.job on job.id = layer.job_id)) as past) as told
   where layer.id = told.layer_id
     and ((layer.predicted_ram is null) <> (told.booked is null) or abs(layer.predicted_ram - told.booked) * 50 > told.booked
          or layer.predicted_clock_ms is null
          or abs(layer.predicted_clock_ms - told.clock_ms) * 50 > told.clock_ms
          or layer.predicted_samples < 4 and layer.predicted_samples <> told.samples
          or layer.ram_profile is null and told.profile <> '{}');
  get diagnostics v_changed = row_count;

  update plow.layer
     set needed_ram = (select max(needed_ram) from plow.task
                        where task.layer_id = layer.id and needed_ram is not null and state not in ('SUCCEEDED', 'EATEN'))
   where id = any(v_layer) and needed_ram is not null;
  return v_changed;
end
$$;
