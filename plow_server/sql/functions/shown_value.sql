-- shown_value(column, value) returns text
-- A column's value as people read it: names instead of the ids of folders and clusters, secrets masked, not endless.
create or replace function plow.shown_value(p_column text, p_value jsonb) returns text language sql stable as $$
  select left(case
    when p_value is null or p_value = 'null' then null
    when p_column in ('folder_id', 'default_folder_id') then
      coalesce((select name from plow.folder where id = (p_value #>> '{}')::uuid), p_value #>> '{}')
    when p_column = 'cluster_id' then
      coalesce((select name from plow.cluster where id = (p_value #>> '{}')::uuid), p_value #>> '{}')
    else plow.masked(p_value) #>> '{}'
  end, 4000)
$$;
