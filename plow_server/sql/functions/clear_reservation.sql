-- clear_reservation(node) returns void
-- Gives up what a node is kept for; another may be made for the same work later.
-- Changes: reservation.  Rings: plow_farm.  Raises: NotFound.
create or replace function plow.clear_reservation(p_node uuid) returns void language plpgsql as $$
declare
  v_kept text;
begin
  select plow.reservation_of(node) ->> 'sentence' into v_kept from plow.node where id = p_node;
  if not found then
    raise exception 'no node ''%''', p_node using errcode = 'PW001';
  end if;
  delete from plow.reservation where node_id = p_node;
  if v_kept is not null then
    perform plow.note('node', p_node, null, 'reservation', v_kept, null);
    perform pg_notify('plow_farm', '');
  end if;
end
$$;
