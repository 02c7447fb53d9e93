-- set_folder_order(folder, place) returns void
-- Moves a folder to a place in its project's list, from 0; beyond the end is the end. All are numbered 0, 2, 4, …
-- Told is the move, not each that made room.
-- Locks: project row.  Changes: folder, blame, event_outbox.  Raises: NotFound; Invalid a place below 0.
create or replace function plow.set_folder_order(p_folder uuid, p_place int) returns void language plpgsql as $$
declare
  v_project uuid;
  v_old int;
  v_new int;
begin
  if p_place < 0 then
    raise exception 'a folder''s place is 0 or more, not %', p_place using errcode = 'PW003';
  end if;
  select project_id into v_project from plow.folder where id = p_folder;
  if not found then
    raise exception 'no folder ''%''', p_folder using errcode = 'PW001';
  end if;
  perform from plow.project where id = v_project for no key update;
  select sort_order into v_old from plow.folder where id = p_folder;
  update plow.folder
     set sort_order = placed.place * 2
    from (
      select id, row_number() over (
               order by case when id = p_folder then p_place::bigint * 2 - 1 else place * 2 end) - 1 as place
        from (select id, row_number() over (order by sort_order, name) - 1 as place
                from plow.folder where project_id = v_project and id <> p_folder
              union all select p_folder, null) as others) as placed
   where folder.id = placed.id and folder.sort_order <> placed.place * 2;
  select sort_order into v_new from plow.folder where id = p_folder;
  if v_new <> v_old then
    perform plow.note('folder', p_folder, null, 'sort_order', v_old::text, v_new::text);
  end if;
end
$$;
