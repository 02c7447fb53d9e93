-- predict_layers(project, job name, layers) returns a row for each layer that anything is known about
-- What one task of a layer will use, from the sums over earlier ones of the project. Layers are objects with place,
-- name and service. The closest of four levels counts: (1) earlier versions of the job, the layer of the name with the
-- same service; (2) with any service; (3) the layer of the name and service in any job; (4) the service, unless
-- it is `default`. Earlier versions are the last 10 jobs of the stem, any job means the last 200.
-- ram is the most that was used, the others are averages over successful tasks.
create or replace function plow.predict_layers(p_project uuid, p_name text, p_layers jsonb)
returns table (place int, level int, jobs bigint, n bigint, ram int, cores float8, clock_ms bigint, core_ms bigint)
language sql stable as $$
  with
  given as (
    select * from jsonb_to_recordset(p_layers) as layer (place int, name text, service text)
  ),
  version as (
    select id from plow.job
     where project_id = p_project and stem = regexp_replace(p_name, '[._-][vV]?[0-9]+$', '')
     order by created desc limit 10
  ),
  recent as (
    select id from plow.job where project_id = p_project order by created desc limit 200
  ),
  past as materialized (
    select true as is_version, layer.job_id, layer.name, layer.service, stat.*
      from version join plow.layer on layer.job_id = version.id
      join plow.layer_stat as stat on stat.layer_id = layer.id and stat.n > 0
    union all
    select false, layer.job_id, layer.name, layer.service, stat.*
      from recent join plow.layer on layer.job_id = recent.id
      join plow.layer_stat as stat on stat.layer_id = layer.id and stat.n > 0
  ),
  -- One row for each of the levels' groups; what a level does not look at is null.
  known as materialized (
    select case when is_version then case grouping(service) when 0 then 1 else 2 end
                else case grouping(name) when 0 then 3 else 4 end end as level,
           name, service, count(distinct job_id) as jobs, sum(n) as n, max(ram_high) as ram,
           sum(n * cores_avg) / sum(n) as cores, round(sum(n * clock_time_avg) / sum(n))::bigint as clock_ms,
           round(sum(n * core_time_avg) / sum(n))::bigint as core_ms
      from past
     group by grouping sets ((is_version, name, service), (is_version, name), (is_version, service))
    having is_version and grouping(name) = 0 or not is_version and grouping(service) = 0
  ),
  matching as (
    select given.place, known.* from given join known using (name, service) where known.level in (1, 3)
    union all
    select given.place, known.* from given join known on known.level = 2 and known.name = given.name
    union all
    select given.place, known.* from given join known on known.level = 4 and known.service = given.service
     where given.service <> 'default'
  )
  select distinct on (place) place, level, jobs, n, ram, cores, clock_ms, core_ms from matching order by place, level
$$;
