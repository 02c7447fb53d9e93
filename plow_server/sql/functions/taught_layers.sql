-- taught_layers(layers) returns uuid[]: the unfinished ones of these, and the layers of the same kind in other versions
-- The latter are those that have no done task of their own; wider kinds are looked at when a job is launched.
create or replace function plow.taught_layers(p_layer uuid[]) returns uuid[] language sql stable as $$
  select array(
    select layer.id from plow.layer join plow.job on job.id = layer.job_id
     where layer.id = any(p_layer) and job.state <> 'FINISHED'
    union
    select other.id
      from (select distinct job.project_id, job.stem, layer.name, layer.service
              from plow.layer join plow.job on job.id = layer.job_id where layer.id = any(p_layer)) as kind
      join plow.job on job.project_id = kind.project_id and job.stem = kind.stem and job.state <> 'FINISHED'
      join plow.layer as other on other.job_id = job.id and other.name = kind.name and other.service = kind.service
      join plow.layer_counter as counter on counter.layer_id = other.id and counter.succeeded = 0)
$$;
