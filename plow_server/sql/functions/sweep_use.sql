-- sweep_use() returns how many measurements of ended procs were removed
-- A ping that was stored while its proc ended may leave one behind. What another has in hand is passed over.
-- Changes: proc_use.
create or replace function plow.sweep_use() returns int language sql as $$
  with
  left_behind as (
    select u.proc_id from plow.proc_use as u
     where u.updated < plow.now() - interval '1 minute'
       and not exists (select from plow.proc where proc.id = u.proc_id)
       for update skip locked
  ),
  gone as (
    delete from plow.proc_use using left_behind where proc_use.proc_id = left_behind.proc_id
    returning 1
  )
  select count(*)::int from gone
$$;
