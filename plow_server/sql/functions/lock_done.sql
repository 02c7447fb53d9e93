-- lock_done(folders) returns void
-- What the finished jobs of several folders have done is changed after all else is locked, in this one order; a folder
-- of which no job has finished yet gets its row here, in the same order.
-- The last step of the lock order, after lock_limits, by id ascending.
-- Locks: folder_done rows.  Changes: folder_done.  Raises: nothing; ids that are not there are passed over.
create or replace function plow.lock_done(p_folder uuid[]) returns void language plpgsql as $$
begin
  if p_folder = '{}' then
    return;
  end if;
  insert into plow.folder_done (folder_id, total, waiting, dead, eaten, depend, succeeded)
  select id, 0, 0, 0, 0, 0, 0 from plow.folder
   where id = any(p_folder) and not exists (select from plow.folder_done where folder_id = folder.id)
   order by id
  on conflict do nothing;
  perform from plow.folder_done where folder_id = any(p_folder) order by folder_id for no key update;
end
$$;
