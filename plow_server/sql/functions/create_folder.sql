-- create_folder(project, name) returns uuid
-- Adds a folder at the end; the folders of the project are numbered 0, 2, 4, … The first becomes the default.
-- Locks: project row.  Changes: folder, folder_counter, project.
-- Raises: NotFound project; AlreadyExists; Invalid a name of no or more than 128 characters.
create or replace function plow.create_folder(p_project uuid, p_name text) returns uuid language plpgsql as $$
declare
  v_folder uuid := plow.new_id();
begin
  perform from plow.project where id = p_project for no key update;
  if not found then
    raise exception 'no project ''%''', p_project using errcode = 'PW001';
  end if;
  update plow.folder
     set sort_order = placed.place * 2
    from (select id, row_number() over (order by sort_order, name) - 1 as place
            from plow.folder where project_id = p_project) as placed
   where folder.id = placed.id and folder.sort_order <> placed.place * 2;
  insert into plow.folder (id, project_id, name, sort_order)
  select v_folder, p_project, p_name, count(*) * 2 from plow.folder where project_id = p_project;
  insert into plow.folder_counter (folder_id) values (v_folder);
  update plow.project set default_folder_id = v_folder where id = p_project and default_folder_id is null;
  return v_folder;
end
$$;
