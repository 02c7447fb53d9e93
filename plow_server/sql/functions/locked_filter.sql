-- locked_filter(filter) returns plow.filter
-- The row of a filter whose place in its list stays as it is until the transaction ends.
-- Locks: project row.  Raises: NotFound.
create or replace function plow.locked_filter(p_filter uuid) returns plow.filter language plpgsql as $$
declare
  v_filter plow.filter;
begin
  perform from plow.project where id = (select project_id from plow.filter where id = p_filter) for no key update;
  select * into v_filter from plow.filter where id = p_filter;
  if not found then
    raise exception 'no filter ''%''', p_filter using errcode = 'PW001';
  end if;
  return v_filter;
end
$$;
