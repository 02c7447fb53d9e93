-- create_filter(project, name, most) returns uuid
-- Adds a filter at the end of a project's list; it has no matchers yet, so it matches nothing. Each launch asks all filters and keeps
-- what they said, so a project has at most so many; null = any number.
-- Locks: project row.  Changes: filter.
-- Raises: NotFound project; Invalid a name of no or more than 255 characters; NotAllowed one too many.
create or replace function plow.create_filter(p_project uuid, p_name text, p_most int default null) returns uuid language plpgsql as $$
declare
  v_filter uuid := plow.new_id();
begin
  perform from plow.project where id = p_project for no key update;
  if not found then
    raise exception 'no project ''%''', p_project using errcode = 'PW001';
  end if;
  if (select count(*) from plow.filter where project_id = p_project) >= p_most then
    raise exception 'the project has % filters: no more are allowed', p_most using errcode = 'PW004';
  end if;
  insert into plow.filter (id, project_id, name, sort_order)
  select v_filter, p_project, p_name, count(*) from plow.filter where project_id = p_project;
  return v_filter;
end
$$;
