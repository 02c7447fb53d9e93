-- bring_forward() returns the reservations whose time is now sooner
-- A node is kept until a time that was a guess. Where what runs there by now is known to leave sooner, by a second and a
-- tenth of the wait, that is the time: else short tasks, whose length was not known at first, would be let in before it
-- for as long as the first guess said. A time is never put off: what was let in before it relied on it.
-- What another has in hand, because it starts or is given up, is passed over.  Changes: reservation.
create or replace function plow.bring_forward()
returns table (node_id uuid, layer_id uuid, starts timestamptz) language sql as $$
  with sooner as (
    select kept.node_id, room.starts
      from plow.reservation as kept
      join plow.layer on layer.id = kept.layer_id
     cross join lateral plow.soonest_room(layer, plow.now(), kept.node_id) as room
     where room.starts < kept.starts - greatest(interval '1 second', (kept.starts - plow.now()) / 10)
       for update of kept skip locked
  )
  update plow.reservation as kept set starts = sooner.starts
    from sooner where kept.node_id = sooner.node_id
  returning kept.node_id, kept.layer_id, kept.starts
$$;
