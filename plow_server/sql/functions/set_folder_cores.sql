-- set_folder_cores(folder, min, max) returns void
-- A folder's share weight and cap; null leaves one as it is.
-- Locks: folder counter.  Changes: folder.  Raises: NotFound; Invalid a value out of range.  Rings: plow_farm.
create or replace function plow.set_folder_cores(p_folder uuid, p_min int default null, p_max int default null)
returns void language plpgsql as $$
begin
  perform plow.lock_rows(null, array[p_folder], null, null, null);
  update plow.folder set min_cores = coalesce(p_min, min_cores), max_cores = coalesce(p_max, max_cores)
   where id = p_folder;
  if not found then
    raise exception 'no folder ''%''', p_folder using errcode = 'PW001';
  end if;
  perform pg_notify('plow_farm', '');
end
$$;
