-- shown_name(noun, row) returns text
-- What people call the object of a row.
create or replace function plow.shown_name(p_noun text, p_row jsonb) returns text language sql stable as $$
  select case p_noun
    when 'quota' then
      (select project.code || '.' || cluster.name from plow.project, plow.cluster
        where project.id = (p_row ->> 'project_id')::uuid and cluster.id = (p_row ->> 'cluster_id')::uuid)
    when 'matcher' then concat_ws(' ', p_row ->> 'field', p_row ->> 'attr', p_row ->> 'type', p_row ->> 'value')
    when 'action' then concat_ws(' ', p_row ->> 'type', p_row ->> 'value')
    else coalesce(p_row ->> 'code', p_row ->> 'name', p_row ->> 'path')
  end
$$;
