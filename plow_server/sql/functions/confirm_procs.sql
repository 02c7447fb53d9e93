-- confirm_procs(procs) returns void
-- The node has said that it holds them. Later news is kept: what is being killed or has ended stays so, and what
-- somebody else has in hand is passed over, because that is later news.
-- Changes: proc.
create or replace function plow.confirm_procs(p_proc uuid[]) returns void language sql as $$
  with booked as (
    select id from plow.proc where id = any(p_proc) and state = 'BOOKED' order by id for no key update skip locked
  )
  update plow.proc set state = 'RUNNING', confirmed = plow.now()
    from booked where proc.id = booked.id
$$;
