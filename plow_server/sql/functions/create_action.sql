-- create_action(filter, type, value) returns uuid
-- Adds an action at the end of a filter's list.
-- Changes: action.  Raises: NotFound filter or folder; Invalid a value that the type does not take.
create or replace function plow.create_action(p_filter uuid, p_type plow.action_type, p_value text)
returns uuid language plpgsql as $$
declare
  v_action uuid := plow.new_id();
  v_project uuid;
begin
  select project_id into v_project from plow.filter where id = p_filter for key share;
  if not found then
    raise exception 'no filter ''%''', p_filter using errcode = 'PW001';
  end if;
  insert into plow.action (id, filter_id, type, value)
  values (v_action, p_filter, p_type, plow.checked_action(v_project, p_type, p_value));
  return v_action;
end
$$;
