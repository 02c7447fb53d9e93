-- ms(time) returns bigint
-- A time as the wire wants it: milliseconds since 1970 UTC, 0 for none. Rounded down, so that asking for what
-- changed since a time that was told finds it.
create or replace function plow.ms(p_time timestamptz) returns bigint language sql stable parallel safe as $$
  select coalesce(floor(extract(epoch from p_time) * 1000)::bigint, 0)
$$;
