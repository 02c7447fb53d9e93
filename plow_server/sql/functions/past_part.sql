-- past_part(past use, number) returns float8: the memory of the task of this number over that of an average one
create or replace function plow.past_part(p_past plow.past_use, p_number int) returns float8 language sql immutable as $$
  select case when p_past.profile is null or p_number < p_past.profile_first then 1
              else coalesce(p_past.profile[1 + (p_number - p_past.profile_first) / p_past.profile_step], 1) end::float8
$$;
