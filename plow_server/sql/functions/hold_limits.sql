-- hold_limits(ended attempts) returns void
-- Licences ran short: nothing that needs the limits of such an attempt starts for 10 s, then twice as long each time that
-- it goes on, at most 10 minutes; after 10 minutes of quiet it is forgotten. Attempts that end during a wait began
-- before it and add nothing. People undo it with clear_limit_wait.
-- Locks: nothing; the caller holds the locks of the limits.  Changes: limit_counter.
create or replace function plow.hold_limits(p_ended plow.ended_attempt[]) returns void language plpgsql as $$
declare
  v_now timestamptz := plow.now();
  v_held record;
  c_first_s constant int := 10;
  c_most_s constant int := 600;
  c_quiet constant interval := '10 minutes';
begin
  for v_held in
  with
  short as (
    select named.id, min(task.name || ' of ' || job.name || ' on ' || node.name || coalesce(': ' || nullif(e.reason, ''), ''))
             as who
      from unnest(p_ended) as e
     cross join lateral unnest(e.limits) as named (id)
      join plow.task on task.id = e.task_id
      join plow.job on job.id = e.job_id
      join plow.node on node.id = e.node_id
     where e.verdict = 'shortage'
     group by named.id
  ),
  again as (
    select short.id, short.who,
           case when c.not_before > v_now - c_quiet then least(c.shortages, 30) else 0 end as before
      from short join plow.limit_counter as c on c.limit_id = short.id
     where coalesce(c.not_before <= v_now, true)
  )
  update plow.limit_counter as c
     set shortages = again.before + 1,
         not_before = v_now + make_interval(secs => least(c_first_s * 2 ^ again.before, c_most_s)),
         reason = left('none was free for ' || again.who, 1000)
    from again where c.limit_id = again.id
  returning c.limit_id, c.not_before, c.reason
  loop
    perform plow.note('limit', v_held.limit_id, null, 'not_before', null, v_held.not_before || ', ' || v_held.reason);
  end loop;
end
$$;
