-- create_action(filter, type, value, most) returns uuid
-- Adds an action at the end of a filter's list, which has at most so many; null = any number.
-- Locks: filter row.  Changes: action.
-- Raises: NotFound filter or folder; Invalid a value that the type does not take; NotAllowed one too many.
create or replace function plow.create_action(p_filter uuid, p_type plow.action_type, p_value text, p_most int default null)
returns uuid language plpgsql as $$
declare
  v_action uuid := plow.new_id();
  v_project uuid;
begin
  select project_id into v_project from plow.filter where id = p_filter for no key update;
  if not found then
    raise exception 'no filter ''%''', p_filter using errcode = 'PW001';
  end if;
  if (select count(*) from plow.action where filter_id = p_filter) >= p_most then
    raise exception 'the filter has % actions: no more are allowed', p_most using errcode = 'PW004';
  end if;
  insert into plow.action (id, filter_id, type, value)
  values (v_action, p_filter, p_type, plow.checked_action(v_project, p_type, p_value));
  return v_action;
end
$$;
