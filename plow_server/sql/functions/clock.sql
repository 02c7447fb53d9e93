-- clock(time) returns text: a time by the server's clock, to the minute; within two minutes of now to the second
create or replace function plow.clock(p_time timestamptz) returns text language sql stable as $$
  select to_char(p_time, case when abs(extract(epoch from p_time - plow.now())) < 120
                              then 'YYYY-MM-DD HH24:MI:SS' else 'YYYY-MM-DD HH24:MI' end)
$$;
