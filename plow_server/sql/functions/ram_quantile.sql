-- ram_quantile() returns float8: the part of the attempts whose memory is to suffice
create or replace function plow.ram_quantile() returns float8 language sql stable as
  'select ram_quantile from plow.prediction_setting';
