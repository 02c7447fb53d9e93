-- other_pools(pools, gone, instead) returns uuid[], ascending and each once: without the one, with the others
create or replace function plow.other_pools(p_pools uuid[], p_gone uuid, p_instead uuid[])
returns uuid[] language sql immutable as $$
  select array(select distinct id from unnest(p_pools || p_instead) as id where id <> p_gone order by id)
$$;
