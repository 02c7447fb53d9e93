-- waits_now(layer, now) returns boolean: whether something of the layer is ready and nothing holds its job
-- Changes: nothing.
create or replace function plow.waits_now(p_layer uuid, p_now timestamptz) returns boolean language sql stable as $$
  select exists (
    select from plow.layer
      join plow.layer_counter as counter on counter.layer_id = layer.id
      join plow.job on job.id = layer.job_id
     where layer.id = p_layer and counter.ready > 0 and plow.held_by(job, p_now) is null)
$$;
