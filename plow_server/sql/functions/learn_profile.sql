-- learn_profile(layer, key) returns void
-- How the memory of a done layer's tasks differs along its frames, merged half and half with what earlier versions
-- said. At most 64 pieces, so that it is as cheap for ten thousand frames; frames that are not in it are average.
-- Changes: past_use.
create or replace function plow.learn_profile(p_layer uuid, p_key uuid) returns void language plpgsql as $$
declare
  c_pieces constant int := 64;
  v_first int;
  v_step int;
  v_old real[];
  v_new real[];
begin
  select profile, profile_first, profile_step into v_old, v_first, v_step from plow.past_use where key = p_key;
  if v_old is null then
    select min(number), greatest(ceil((max(number) - min(number) + 1) / c_pieces::float8), 1)
      into v_first, v_step from plow.task where layer_id = p_layer;
  end if;
  with
  piece as (
    select (number - v_first) / v_step + 1 as at, avg(high_ram) as ram
      from plow.task
     where layer_id = p_layer and state = 'SUCCEEDED' and high_ram > 0
       and number between v_first and v_first + v_step * c_pieces - 1
     group by 1
  ),
  told as (
    select at, least(greatest(ram / avg(ram) over (), 0.2), 5)::real as part from piece
  )
  select array_agg(case when v_old[at] is null then told.part when told.part is null then v_old[at]
                        else (v_old[at] + told.part) / 2 end order by at)
    into v_new
    from generate_series(1, c_pieces) as at left join told using (at);
  update plow.past_use set profile = v_new, profile_first = v_first, profile_step = v_step where key = p_key;
end
$$;
