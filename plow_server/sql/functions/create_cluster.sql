-- create_cluster(name) returns uuid
-- A cluster whose one tag is its name. Changes: cluster.  Raises: AlreadyExists; Invalid a name.
create or replace function plow.create_cluster(p_name text) returns uuid language plpgsql as $$
declare
  v_cluster uuid := plow.new_id();
begin
  insert into plow.cluster (id, name, tags) values (v_cluster, p_name, plow.checked_tags(array[p_name]));
  return v_cluster;
end
$$;
