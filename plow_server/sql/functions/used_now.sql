-- used_now(quota counter, half-life in s, now) returns float8: core-seconds used, older ones counting less
-- Each is worth half after the half-life. Exact, for run_cores has not changed since used_at: whoever changes it writes
-- both down. Whoever uses n cores for ever comes to n * half-life / ln 2. One expression, so that a query takes it in.
create or replace function plow.used_now(p_counter plow.quota_counter, p_half_life_s float8, p_now timestamptz)
returns float8 language sql immutable as $$
  select (p_counter.used_core_s - p_counter.run_cores * p_half_life_s / ln(2))
         * power(0.5::float8, least(greatest(extract(epoch from p_now - p_counter.used_at)::float8, 0) / p_half_life_s, 1000))
         + p_counter.run_cores * p_half_life_s / ln(2)
$$;
