-- actor() returns text
-- Who asked for what is being done, as the caller's session says (plow.actor); empty where nobody did.
create or replace function plow.actor() returns text language sql stable as $$
  select coalesce(current_setting('plow.actor', true), '')
$$;
