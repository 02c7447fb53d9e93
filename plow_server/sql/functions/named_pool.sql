-- named_pool(pool) returns plow.pool, the row of this id; Raises: NotFound
create or replace function plow.named_pool(p_pool uuid) returns plow.pool language plpgsql stable as $$
declare
  v_pool plow.pool;
begin
  select * into v_pool from plow.pool where id = p_pool;
  if not found then
    raise exception 'no pool ''%''', p_pool using errcode = 'PW001';
  end if;
  return v_pool;
end
$$;
