-- stored_type(type) returns the type of a depend as it is stored: the rows of a TASK_BY_TASK are TASK_ON_TASK
create or replace function plow.stored_type(p_type plow.depend_type)
returns plow.depend_type language sql immutable parallel safe as $$
  select case when p_type = 'TASK_BY_TASK' then 'TASK_ON_TASK' else p_type end
$$;
