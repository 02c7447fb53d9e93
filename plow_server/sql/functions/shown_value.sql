-- shown_value(column, value) returns text
-- A column's value as people read it: names instead of the ids of folders, clusters, pools and limits, secrets masked, not
-- endless.
create or replace function plow.shown_value(p_column text, p_value jsonb) returns text language sql stable as $$
  select left(case
    when p_value is null or p_value = 'null' then null
    when p_column in ('folder_id', 'default_folder_id') then
      coalesce((select name from plow.folder where id = (p_value #>> '{}')::uuid), p_value #>> '{}')
    when p_column = 'cluster_id' then
      coalesce((select name from plow.cluster where id = (p_value #>> '{}')::uuid), p_value #>> '{}')
    when p_column = 'pools' then
      (select coalesce(jsonb_agg(name order by name), '[]')::text
         from plow.pool where id in (select jsonb_array_elements_text(p_value)::uuid))
    when p_column = 'limits' then
      (select coalesce(jsonb_agg(l.name order by l.name), '[]')::text
         from plow.limit as l where l.id in (select jsonb_array_elements_text(p_value)::uuid))
    else plow.masked(p_value) #>> '{}'
  end, 4000)
$$;
