-- number_events(most) returns (last, cleared), the newest number and the newest one no longer kept
-- Gives numbers to what has been committed since, in the order in which it was written. Any server may call it at any
-- time. Of two changes of one object the later one waits for the first one's commit before it writes, so it stands
-- behind it in the outbox, and it is never visible without it: their numbers have their order.
-- Locks: event_counter, only if there is something to do.  Changes: event_outbox, event, event_counter.
create or replace function plow.number_events(p_most int default 5000)
returns table (last bigint, cleared bigint) language plpgsql as $$
#variable_conflict use_column
declare
  v_last bigint;
begin
  if exists (select from plow.event_outbox) then
    select c.last into v_last from plow.event_counter as c for update;  -- and only then look, on a fresh snapshot
    with
    taken as (
      delete from plow.event_outbox
       where id in (select id from plow.event_outbox order by id limit p_most)
      returning *
    ),
    counted as (
      select taken.*, coalesce(cardinality(tasks), 1) as n,
             v_last + sum(coalesce(cardinality(tasks), 1)) over (order by id) as upto
        from taken
    ),
    numbered as (
      insert into plow.event (last, first, time, noun, object_id, job_id, change, old, new, tasks)
      select upto, upto - n + 1, time, noun, object_id, job_id, change, old, new, tasks from counted order by id
      returning last
    )
    update plow.event_counter as c set last = newest.last
      from (select max(numbered.last) as last from numbered) as newest
     where newest.last is not null;
  end if;
  return query select c.last, c.cleared from plow.event_counter as c;
end
$$;
