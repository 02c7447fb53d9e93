-- masked(value) returns jsonb
-- Without the values of keys that look like secrets, at any depth: what is kept for people to read must not hold them.
create or replace function plow.masked(p_value jsonb) returns jsonb language plpgsql immutable as $$
begin
  if jsonb_typeof(p_value) = 'object' then
    return coalesce((
      select jsonb_object_agg(key, case when key ~* 'token|secret|passw|key|credential' then '"***"' else plow.masked(value) end)
        from jsonb_each(p_value)), '{}');
  elsif jsonb_typeof(p_value) = 'array' then
    return coalesce((select jsonb_agg(plow.masked(value) order by place)
                       from jsonb_array_elements(p_value) with ordinality as item (value, place)), '[]');
  end if;
  return p_value;
end
$$;
