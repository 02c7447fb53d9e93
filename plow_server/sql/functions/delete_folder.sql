-- delete_folder(folder) returns void
-- Locks: folder counter.  Changes: folder.  Raises: NotFound; NotAllowed while it holds jobs, finished ones too, or is the default.
create or replace function plow.delete_folder(p_folder uuid) returns void language plpgsql as $$
declare
  v_name text;
begin
  perform plow.lock_rows(null, array[p_folder], null, null, null);
  select name into v_name from plow.folder where id = p_folder for update;
  if not found then
    raise exception 'no folder ''%''', p_folder using errcode = 'PW001';
  elsif exists (select from plow.project where default_folder_id = p_folder) then
    raise exception 'folder ''%'' takes its project''s new jobs', v_name using errcode = 'PW004';
  elsif exists (select from plow.job where folder_id = p_folder) then
    raise exception 'folder ''%'' holds jobs', v_name using errcode = 'PW004';
  end if;
  delete from plow.folder where id = p_folder;
end
$$;
