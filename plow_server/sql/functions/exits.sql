-- exits(retry rules) returns int[], ascending: exit statuses that are worth another attempt; null where any is
create or replace function plow.exits(p_rules jsonb) returns int[] language sql immutable as $$
  select nullif(array(select distinct e::int from jsonb_array_elements_text(coalesce(p_rules -> 'exits', '[]')) as e order by 1), '{}')
$$;
