-- moment(milliseconds since 1970) returns timestamptz
-- The way back from plow.ms(); 0 and null are null.  Raises: Invalid a time before 1970 or after the year 9999.
create or replace function plow.moment(p_ms bigint) returns timestamptz language plpgsql immutable as $$
begin
  if p_ms not between 0 and 253402300799999 then
    raise exception '% is no time in milliseconds since 1970', p_ms using errcode = 'PW003';
  end if;
  -- In two steps: a double holds the seconds of every year, but not with their milliseconds.
  return 'epoch'::timestamptz + nullif(p_ms, 0) / 1000 * interval '1 second' + p_ms % 1000 * interval '1 millisecond';
end
$$;
