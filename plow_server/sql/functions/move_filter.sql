-- move_filter(filter, place, step) returns void
-- Moves a filter to a place in its project's list, from 0, or by so many steps; those in between make room. A place
-- past the end is the end, and a step over an end goes as far as the end. Told is the move, not each that made room.
-- Locks: project row.  Changes: filter, blame, event_outbox.  Raises: NotFound; Invalid a place below 0.
create or replace function plow.move_filter(p_filter uuid, p_place int default null, p_step int default 0)
returns void language plpgsql as $$
declare
  v_filter plow.filter := plow.locked_filter(p_filter);
  v_last int := (select max(sort_order) from plow.filter where project_id = v_filter.project_id);
  v_place int := least(greatest(coalesce(p_place, v_filter.sort_order + p_step), 0), v_last);
begin
  if p_place < 0 then
    raise exception 'a place in a list is 0 or more, not %', p_place using errcode = 'PW003';
  end if;
  update plow.filter
     set sort_order = case when id = p_filter then v_place
                           when v_place > v_filter.sort_order then sort_order - 1
                           else sort_order + 1 end
   where project_id = v_filter.project_id
     and v_place <> v_filter.sort_order
     and sort_order between least(v_place, v_filter.sort_order) and greatest(v_place, v_filter.sort_order);
  if v_place <> v_filter.sort_order then
    perform plow.note('filter', p_filter, null, 'sort_order', v_filter.sort_order::text, v_place::text);
  end if;
end
$$;
