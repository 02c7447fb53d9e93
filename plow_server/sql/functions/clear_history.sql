-- clear_history(blame days, event days, most) returns int, how many rows went
-- Removes the oldest rows of blame and events; call again while it removes as many as it may.
-- Looks only at the oldest rows, so it costs little where nothing is old enough. What another has in hand is passed over.
-- Locks: nothing for long, so that numbering goes on meanwhile.  Changes: blame, event, event_counter.
create or replace function plow.clear_history(
  p_blame_days float8, p_event_days float8, p_most int default 10000
) returns int language plpgsql as $$
declare
  v_blame int;
  v_event int;
  v_cleared bigint;
begin
  delete from plow.blame
   where id = any(array(
           select id from plow.blame
            where time < plow.now() - make_interval(secs => p_blame_days * 86400) and id in (select id from plow.blame order by id limit p_most)
              for update skip locked));
  get diagnostics v_blame = row_count;

  select max(last) into v_cleared
    from (select last, time from plow.event order by last limit p_most) as oldest where time < plow.now() - make_interval(secs => p_event_days * 86400);
  delete from plow.event
   where last = any(array(select last from plow.event where last <= v_cleared for update skip locked));
  get diagnostics v_event = row_count;
  update plow.event_counter set cleared = v_cleared where cleared < v_cleared;
  return greatest(v_blame, v_event);
end
$$;
