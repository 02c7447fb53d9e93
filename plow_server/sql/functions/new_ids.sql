-- new_ids(n) returns uuid[]
-- Ids for n rows made together: version 7 like new_id(), alike but for a running number at the end. A hundred
-- thousand take 50 ms instead of 200, and they land side by side in an index.
create or replace function plow.new_ids(p_n int) returns uuid[] language sql volatile as $$
  select array(
    select (stem || lpad(to_hex(n), 8, '0'))::uuid
      from (select left(plow.new_id()::text, 28) as stem offset 0) as one
     cross join generate_series(1, p_n) as n
     order by n)
$$;
