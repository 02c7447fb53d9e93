-- create_quota(project, cluster, size, burst) returns uuid
-- Changes: quota, quota_counter.  Rings: plow_farm.
-- Raises: NotFound; AlreadyExists a quota of this pair; Invalid a size or burst below 0.
create or replace function plow.create_quota(p_project uuid, p_cluster uuid, p_size int, p_burst int)
returns uuid language plpgsql as $$
declare
  v_quota uuid := plow.new_id();
begin
  if not exists (select from plow.project where id = p_project) then
    raise exception 'no project ''%''', p_project using errcode = 'PW001';
  elsif not exists (select from plow.cluster where id = p_cluster) then
    raise exception 'no cluster ''%''', p_cluster using errcode = 'PW001';
  end if;
  insert into plow.quota (id, project_id, cluster_id, size) values (v_quota, p_project, p_cluster, p_size);
  insert into plow.quota_counter (quota_id, burst) values (v_quota, p_burst);
  perform pg_notify('plow_farm', '');
  return v_quota;
end
$$;
