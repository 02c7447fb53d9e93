-- create_matcher(filter, field, type, value, attr, most) returns uuid
-- Adds a condition; attr is the name of a job attribute where the field is ATTR, else null.
-- A filter has at most so many; null = any number.
-- Locks: filter row.  Changes: matcher.
-- Raises: NotFound filter; Invalid an attr where none belongs, or none where one does; NotAllowed one too many.
create or replace function plow.create_matcher(
  p_filter uuid, p_field plow.matcher_field, p_type plow.matcher_type, p_value text, p_attr text,
  p_most int default null
) returns uuid language plpgsql as $$
declare
  v_matcher uuid := plow.new_id();
begin
  perform from plow.filter where id = p_filter for no key update;
  if not found then
    raise exception 'no filter ''%''', p_filter using errcode = 'PW001';
  end if;
  if (select count(*) from plow.matcher where filter_id = p_filter) >= p_most then
    raise exception 'the filter has % matchers: no more are allowed', p_most using errcode = 'PW004';
  end if;
  insert into plow.matcher (id, filter_id, field, type, value, attr)
  values (v_matcher, p_filter, p_field, p_type, p_value, p_attr);
  return v_matcher;
end
$$;
