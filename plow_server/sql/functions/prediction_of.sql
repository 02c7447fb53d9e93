-- prediction_of(layer) returns jsonb: its PredictionT, fields by their names on the wire; null where nothing is known
create or replace function plow.prediction_of(p_layer plow.layer) returns jsonb language sql stable as $$
  select case when p_layer.predicted_samples > 0 then jsonb_build_object(
    'ramMb', coalesce(p_layer.predicted_ram, 0), 'cores', coalesce(p_layer.predicted_cores, 0),
    'clockMs', coalesce(p_layer.predicted_clock_ms, 0), 'quantile', plow.ram_quantile(),
    'confidence', p_layer.predicted_confidence, 'samples', p_layer.predicted_samples, 'basis', p_layer.predicted_basis) end
$$;
