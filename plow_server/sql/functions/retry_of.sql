-- retry_of(layer) returns jsonb: its RetryRulesT, fields by their names on the wire; null where it says nothing
create or replace function plow.retry_of(p_layer plow.layer) returns jsonb language sql stable as $$
  select nullif(jsonb_strip_nulls(jsonb_build_object(
    'exits', to_jsonb(p_layer.retry_exits), 'delayS', nullif(p_layer.retry_delay_s, 0),
    'mostDelayS', nullif(p_layer.retry_most_s, 3600))), '{}')
$$;
