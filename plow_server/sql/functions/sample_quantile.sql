-- sample_quantile(values, part) returns bigint: so large is at least this part of the values; 0 of none
create or replace function plow.sample_quantile(p_value bigint[], p_part float8) returns bigint language sql immutable as $$
  select coalesce((select percentile_disc(p_part) within group (order by value) from unnest(p_value) as value), 0)
$$;
