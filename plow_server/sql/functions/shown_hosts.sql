-- shown_hosts(hosts) returns text: as history shows the hosts of a pool, by name and not endless
create or replace function plow.shown_hosts(p_hosts text[]) returns text language sql stable as $$
  select plow.shown_value('hosts', to_jsonb(array(select host from unnest(p_hosts) as host order by host)))
$$;
