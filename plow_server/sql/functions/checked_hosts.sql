-- checked_hosts(hosts) returns text[]
-- Names of hosts in lower case, each once, in their order.
-- Raises: Invalid one that is no word of 1 to 255 characters.
create or replace function plow.checked_hosts(p_hosts text[]) returns text[] language plpgsql immutable as $$
declare
  v_host text;
begin
  foreach v_host in array coalesce(p_hosts, '{}') loop
    if v_host is null or v_host !~ '^[^[:cntrl:][:space:]]{1,255}$' then
      raise exception 'a host is a word of 1 to 255 characters, not ''%''', left(v_host, 60) using errcode = 'PW003';
    end if;
  end loop;
  return coalesce((
    select array_agg(host order by place)
      from (select lower(host) as host, min(place) as place
              from unnest(p_hosts) with ordinality as h (host, place) group by 1) as one), '{}');
end
$$;
