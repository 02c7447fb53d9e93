-- keep_listening(gap) returns void
-- A server says that it hears nodes. After a gap without any such word, listening begins anew: nobody is judged
-- by a silence in which we were deaf.
-- Changes: listening.
create or replace function plow.keep_listening(p_gap_s float8) returns void language sql as $$
  insert into plow.listening as l (since, until) values (plow.now(), plow.now())
  on conflict (one) do update
     set since = case when l.until < plow.now() - make_interval(secs => p_gap_s) then plow.now() else l.since end,
         until = plow.now()
$$;
