-- delete_project(project) returns void
-- With its folders, filters and quotas.
-- Locks: all project rows, so that of the last two one stays, and no job is launched; quota and folder counters.
-- Changes: project, folder, quota, filter.  Rings: plow_farm.
-- Raises: NotFound; NotAllowed while it has jobs, finished ones too, or is the last.
create or replace function plow.delete_project(p_project uuid) returns void language plpgsql as $$
declare
  v_code text;
begin
  perform from plow.project order by id for update;
  select code into v_code from plow.project where id = p_project;
  if not found then
    raise exception 'no project ''%''', p_project using errcode = 'PW001';
  elsif exists (select from plow.job where project_id = p_project) then
    raise exception 'project ''%'' has jobs', v_code using errcode = 'PW004';
  elsif not exists (select from plow.project where id <> p_project) then
    raise exception 'project ''%'' is the last', v_code using errcode = 'PW004';
  end if;
  perform plow.lock_rows(array(select id from plow.quota where project_id = p_project),
                         array(select id from plow.folder where project_id = p_project), null, null, null);
  delete from plow.quota where project_id = p_project;
  update plow.project set default_folder_id = null where id = p_project;
  delete from plow.folder where project_id = p_project;
  delete from plow.project where id = p_project;
  perform pg_notify('plow_farm', '');
end
$$;
