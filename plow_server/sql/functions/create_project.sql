-- create_project(title, code) returns uuid
-- A project that can work at once: with a folder `jobs`, its default, and a quota on the default cluster, if any.
-- Changes: project, folder, quota.  Rings: plow_farm.
-- Raises: AlreadyExists a code; Invalid a code that is no plain word of 1 to 16 characters, or no title.
create or replace function plow.create_project(p_title text, p_code text) returns uuid language plpgsql as $$
declare
  v_project uuid := plow.new_id();
  v_cluster uuid;
begin
  if p_code !~ '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,15}$' then  -- it names a folder of logs
    raise exception 'project code ''%'': 1 to 16 letters, digits and _ . -', left(p_code, 60) using errcode = 'PW003';
  end if;
  insert into plow.project (id, code, title) values (v_project, p_code, p_title);
  perform plow.create_folder(v_project, 'jobs');
  select id into v_cluster from plow.cluster where is_default;
  if found then
    perform plow.create_quota(v_project, v_cluster, 10, 1000000);
  end if;
  return v_project;
end
$$;
