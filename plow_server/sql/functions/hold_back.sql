-- hold_back(ended attempts) returns void
-- What an attempt met that its task can't mend is not met again at once: without a licence the limits wait that it used
-- (hold_limits), or its layer on all nodes where it names none, behind a broken wrapper on that node. For 10 s, then
-- twice as long each time that it goes on, at most 10 minutes; after 10 minutes of quiet it is forgotten. Attempts that
-- end during a wait began before it and add nothing.
-- Locks: nothing; the caller holds the locks of the layers.  Changes: retry_wait, limit_counter.
create or replace function plow.hold_back(p_ended plow.ended_attempt[]) returns void language plpgsql as $$
declare
  v_now timestamptz;
  c_first_s constant int := 10;
  c_most_s constant int := 600;
  c_quiet constant interval := '10 minutes';
begin
  if not exists (select from unnest(p_ended) as e where e.end_reason in ('LICENSE', 'ENVIRONMENT')) then
    return;
  end if;
  perform plow.hold_limits(p_ended);
  v_now := plow.now();
  delete from plow.retry_wait
   where ctid in (select ctid from plow.retry_wait where until < v_now - c_quiet for update skip locked);
  insert into plow.retry_wait as w (layer_id, node_id, until, wait_s, reason)
  select met.layer_id, met.node_id, v_now + make_interval(secs => c_first_s), c_first_s, left(min(plow.told_failure(met.e, false, true)), 1000)
    from (select e, e.layer_id, case when e.end_reason = 'ENVIRONMENT' then e.node_id end as node_id
            from unnest(p_ended) as e
           where (e.end_reason = 'ENVIRONMENT' or e.end_reason = 'LICENSE' and e.limits = '{}') and e.verdict = 'loss') as met
   group by met.layer_id, met.node_id
  on conflict (layer_id, coalesce(node_id, '00000000-0000-0000-0000-000000000000')) do update
     set wait_s = least(w.wait_s * 2, c_most_s), until = v_now + make_interval(secs => least(w.wait_s * 2, c_most_s)),
         reason = excluded.reason
   where w.until <= v_now;
end
$$;
