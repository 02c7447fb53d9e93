-- create_limit(name, total, per) returns uuid
-- Changes: limit, limit_counter.  Raises: AlreadyExists; Invalid a name, or a total below 0.
create or replace function plow.create_limit(p_name text, p_total int, p_per plow.limit_per)
returns uuid language plpgsql as $$
declare
  v_limit uuid := plow.new_id();
begin
  insert into plow.limit (id, name, total, per) values (v_limit, p_name, p_total, p_per);
  insert into plow.limit_counter (limit_id) values (v_limit);
  return v_limit;
end
$$;
