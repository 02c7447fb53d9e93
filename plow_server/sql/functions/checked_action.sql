-- checked_action(project, type, value) returns text
-- The value of an action as it is stored: numbers and ids in their one form, true or false in lower case.
-- Raises: NotFound folder; Invalid a value that the type does not take, a folder of another project.
create or replace function plow.checked_action(p_project uuid, p_type plow.action_type, p_value text)
returns text language plpgsql stable as $$
declare
  v_value text := nullif(btrim(p_value), '');
  v_project uuid;
begin
  if p_type = 'SET_FOLDER' then
    select project_id into v_project from plow.folder where id = plow.as_id(v_value);
    if not found then
      raise exception 'no folder ''%''', coalesce(left(v_value, 60), '') using errcode = 'PW001';
    elsif v_project <> p_project then
      raise exception 'folder ''%'' belongs to another project', v_value using errcode = 'PW003';
    end if;
    return plow.as_id(v_value)::text;
  elsif p_type = 'SET_MIN_CORES' and v_value ~ '^[0-9]{1,9}$' or p_type = 'SET_MAX_CORES' and v_value ~ '^(-1|[0-9]{1,9})$' then
    return v_value::int::text;
  elsif p_type = 'PAUSE' and lower(v_value) in ('true', 'false') then
    return lower(v_value);
  elsif p_type = 'STOP_PROCESSING' and v_value is null then
    return null;
  end if;
  raise exception '% takes %, not ''%''', p_type,
    case p_type when 'SET_MIN_CORES' then 'a whole number from 0'
                when 'SET_MAX_CORES' then 'a whole number from 0, or -1 for no limit'
                when 'PAUSE' then 'true or false'
                else 'no value' end,
    coalesce(left(v_value, 60), '') using errcode = 'PW003';
end
$$;
