-- keep_away(ended attempts) returns void
-- A job that failed on a node so many times stays away from it for a while, and for twice as long with each failure
-- after that; what ends while it stays away began before and adds nothing. A job that could run nowhere else stays.
-- A success there, or a day without a failure after the time is over, begins the count anew; clear_avoids does so at once.
-- Locks: nothing; the caller holds the locks of jobs and nodes.  Changes: avoid, blame, event_outbox.  Rings: plow_farm.
create or replace function plow.keep_away(p_ended plow.ended_attempt[]) returns void language plpgsql as $$
declare
  v_rule plow.failure_setting;
  v_now timestamptz := plow.now();
  v_pair plow.avoid;
  v_last plow.ended_attempt;
  c_forget constant interval := '1 day';
begin
  select * into v_rule from plow.failure_setting;
  if v_rule.avoid_after = 0 then
    return;
  end if;
  for v_pair in
    insert into plow.avoid as a (job_id, node_id, failures, updated)
    select e.job_id, e.node_id, least(count(*), v_rule.avoid_after), v_now
      from unnest(p_ended) as e
     where e.verdict = 'failure' and plow.blames_node(e)
       and not exists (select from unnest(p_ended) as good
                        where good.job_id = e.job_id and good.node_id = e.node_id and good.verdict = 'success')
     group by e.job_id, e.node_id order by e.job_id, e.node_id
    on conflict (job_id, node_id) do update
       set failures = case when greatest(a.updated, a.until) < v_now - c_forget then excluded.failures
                           else greatest(least(a.failures + excluded.failures, v_rule.avoid_after), a.failures + 1) end,
           until = null, updated = v_now
     where coalesce(a.until <= v_now, true)
    returning *
  loop
    continue when v_pair.failures < v_rule.avoid_after;
    select e.* into v_last from unnest(p_ended) as e
     where e.job_id = v_pair.job_id and e.node_id = v_pair.node_id and e.verdict = 'failure'
     order by e.proc_id desc limit 1;
    continue when not plow.other_place(v_last.layer_id, v_pair.node_id);
    v_pair.reason := plow.told_failure(v_last, false, false);
    update plow.avoid
       set reason = v_pair.reason,
           until = v_now + make_interval(
             secs => least(v_rule.avoid_first_s * 2.0 ^ least(v_pair.failures - v_rule.avoid_after, 30), v_rule.avoid_most_s))
     where job_id = v_pair.job_id and node_id = v_pair.node_id;
    perform plow.note('job', v_pair.job_id, v_pair.job_id, 'avoids', null, node.name || ', ' || v_pair.reason)
       from plow.node where id = v_pair.node_id;
    perform pg_notify('plow_farm', '');
  end loop;
end
$$;
