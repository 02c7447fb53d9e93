-- update_action(action, type, value) returns void
-- Replaces what an action does; it keeps its place.
-- Changes: action.  Raises: NotFound action or folder; Invalid a value that the type does not take.
create or replace function plow.update_action(p_action uuid, p_type plow.action_type, p_value text)
returns void language plpgsql as $$
declare
  v_project uuid;
begin
  select filter.project_id into v_project
    from plow.action join plow.filter on filter.id = action.filter_id
   where action.id = p_action;
  if not found then
    raise exception 'no action ''%''', p_action using errcode = 'PW001';
  end if;
  update plow.action set type = p_type, value = plow.checked_action(v_project, p_type, p_value) where id = p_action;
end
$$;
