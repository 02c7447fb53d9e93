-- history_keys(project, stem, layer name, service, layer id) returns a row for each level at which attempts are alike
-- The closest first: (1) the layer's own; (2) the layer of the name and service in versions of the job; (3) in any job of the
-- project; (4) the service in the project, unless it is `default`, which says nothing. A null id has no level 1.
create or replace function plow.history_keys(
  p_project uuid, p_stem text, p_layer text, p_service text, p_id uuid default null
) returns table (level int, key uuid) language sql immutable rows 4 as $$
  select 1, p_id where p_id is not null
  union all
  select 2, plow.history_key('job', p_project::text, p_stem, p_layer, p_service)
  union all
  select 3, plow.history_key('layer', p_project::text, p_layer, p_service)
  union all
  select 4, plow.history_key('service', p_project::text, p_service) where p_service <> 'default'
$$;
