-- delete_folder(folder) returns void
-- Locks: folder counter.  Changes: folder.
-- Raises: NotFound; NotAllowed while it holds jobs, finished ones too, is the default, or a filter puts jobs into it.
create or replace function plow.delete_folder(p_folder uuid) returns void language plpgsql as $$
declare
  v_name text;
  v_filter text;
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
  select filter.name into v_filter
    from plow.action join plow.filter on filter.id = action.filter_id where action.folder_id = p_folder limit 1;
  if found then
    raise exception 'filter ''%'' puts jobs into folder ''%''', v_filter, v_name using errcode = 'PW004';
  end if;
  delete from plow.folder where id = p_folder;
end
$$;
