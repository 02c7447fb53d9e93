-- merged_avg, merged_m2: average, and sum of squared differences from it, of two samples taken together.
-- An empty second sample (n null) leaves the first as it is. Source: Chan, Golub and LeVeque 1979.
create or replace function plow.merged_avg(p_n int, p_avg float8, p_n2 bigint, p_avg2 float8)
returns float8 language sql immutable as $$
  select case when p_n2 is null then p_avg else p_avg + (p_avg2 - p_avg) * p_n2 / (p_n + p_n2) end
$$;

create or replace function plow.merged_m2(p_n int, p_avg float8, p_m2 float8, p_n2 bigint, p_avg2 float8, p_m22 float8)
returns float8 language sql immutable as $$
  select case when p_n2 is null then p_m2 else p_m2 + p_m22 + (p_avg2 - p_avg) ^ 2 * p_n * p_n2 / (p_n + p_n2) end
$$;
