-- pool_ids(names) returns uuid[], ascending and each once
-- Whoever stores them sees to it that they stay (share_named).  Raises: NotFound a name that no pool has.
create or replace function plow.pool_ids(p_names jsonb) returns uuid[] language plpgsql stable as $$
declare
  v_id uuid[];
  v_name text;
begin
  if p_names is null or p_names = '[]' then
    return '{}';
  end if;
  select array_agg(distinct pool.id order by pool.id), min(n) filter (where pool.id is null) into v_id, v_name
    from jsonb_array_elements_text(p_names) as n left join plow.pool on lower(pool.name) = lower(n);
  if v_name is not null then
    raise exception 'no pool ''%''', v_name using errcode = 'PW001';
  end if;
  return v_id;
end
$$;
