-- clear_past_use(days, most) returns int, how many rows went
-- What was used by kinds of attempts of which there have been none for so long is of no use any more.
-- Changes: past_use.
create or replace function plow.clear_past_use(p_days float8, p_most int default 5000) returns int language sql as $$
  with gone as (
    delete from plow.past_use
     where key = any(array(
             select key from plow.past_use where updated < plow.now() - make_interval(secs => p_days * 86400)
              order by updated limit p_most for update skip locked))
    returning 1
  )
  select count(*)::int from gone
$$;
