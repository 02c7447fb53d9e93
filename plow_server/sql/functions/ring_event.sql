-- ring_event() is the trigger of the outbox: there is something to number
create or replace function plow.ring_event() returns trigger language plpgsql as $$
begin
  perform pg_notify('plow_event', '');
  return null;
end
$$;
