-- sample_deviation(m2, n) returns float8
-- Standard deviation of a sample from its sum of squared differences; 0 for fewer than two.
create or replace function plow.sample_deviation(p_m2 float8, p_n int)
returns float8 language sql immutable parallel safe as $$
  select case when p_n > 1 then sqrt(greatest(p_m2, 0) / (p_n - 1)) else 0 end
$$;
