-- profile_part(layer, number) returns float8: what the task of this number needs, as part of what the largest does
create or replace function plow.profile_part(p_layer plow.layer, p_number int) returns float8 language sql immutable as $$
  select case when p_layer.ram_profile is null or p_number < p_layer.profile_first then 1
              else coalesce(p_layer.ram_profile[1 + (p_number - p_layer.profile_first) / p_layer.profile_step], 1) end::float8
$$;
