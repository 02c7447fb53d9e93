-- masked(value) returns jsonb
-- Without what looks like a secret, at any depth: what is kept for people to read must not hold them. By the same rules
-- as a node writes commands into logs: values of keys with such names, `--password=x`, `--token x`, `https://me:x@host`.
-- Whatever else a secret may look like, nobody can tell: secrets belong into files or variables with such names.
create or replace function plow.masked(p_value jsonb) returns jsonb language plpgsql immutable as $$
begin
  if jsonb_typeof(p_value) = 'object' then
    return coalesce((
      select jsonb_object_agg(key, case when key ~* 'token|secret|passw|key|credential' then '"***"' else plow.masked(value) end)
        from jsonb_each(p_value)), '{}');
  elsif jsonb_typeof(p_value) = 'array' then
    return coalesce((
      select jsonb_agg(case when jsonb_typeof(value) = 'string' and before ~* '^-+[\w-]*(token|secret|passw(or)?d|api[-_]?key|credentials?)$'
                            then '"***"' else plow.masked(value) end order by place)
        from (select value, place, lag(value #>> '{}') over (order by place) as before
                from jsonb_array_elements(p_value) with ordinality as item (value, place)) as words), '[]');
  elsif jsonb_typeof(p_value) = 'string' then
    return to_jsonb(regexp_replace(
      regexp_replace(p_value #>> '{}', '^(.*(?:token|secret|passw(?:or)?d|api[-_]?key|credentials?)=).+', '\1***', 'i'),
      '(\w://[^/\s:@]*:)[^/\s@]+@', '\1***@', 'g'));
  end if;
  return p_value;
end
$$;
