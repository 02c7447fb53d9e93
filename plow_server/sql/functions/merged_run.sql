-- merged_run(settings, over) returns jsonb
-- Run settings with others laid over them: what those do not say stays, an empty list takes a setting away. Null where
-- nothing is left.
create or replace function plow.merged_run(p_run jsonb, p_over jsonb) returns jsonb language sql immutable as $$
  select jsonb_object_agg(key, value)
    from jsonb_each(coalesce(p_run, '{}') || coalesce(p_over, '{}')) where value <> '[]'
$$;
