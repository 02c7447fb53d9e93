-- history_key(parts) returns uuid: a short name for what was used by one kind of attempts
create or replace function plow.history_key(variadic p_part text[]) returns uuid language sql immutable as $$
  select encode(substring(sha256(convert_to(array_to_string(p_part, E'\x1f'), 'UTF8')) for 16), 'hex')::uuid
$$;
