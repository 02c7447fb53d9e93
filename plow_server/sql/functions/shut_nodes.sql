-- shut_nodes(ended attempts) returns void
-- A node where everything fails is set aside: so many failures in a row, of so many jobs. Not the last one that takes
-- work, nor more than a part of the farm: a file server that is down fails everywhere, and is no node's fault. Two
-- calls at once may pass that part by one. set_node_state takes it back.
-- Locks: nothing; the caller holds the locks of the nodes.  Changes: node_streak, node.  Rings: plow_farm.
create or replace function plow.shut_nodes(p_ended plow.ended_attempt[]) returns void language plpgsql as $$
declare
  v_rule plow.failure_setting;
  v_streak plow.node_streak;
  v_last plow.ended_attempt;
begin
  select * into v_rule from plow.failure_setting;
  if v_rule.node_failures = 0 then
    return;
  end if;
  for v_streak in
    insert into plow.node_streak as s (node_id, failures, jobs)
    select e.node_id, count(*), array_agg(distinct e.job_id)
      from unnest(p_ended) as e join plow.node on node.id = e.node_id and node.state = 'UP'
     where plow.blames_node(e)
       and not exists (select from unnest(p_ended) as good where good.node_id = e.node_id and good.verdict = 'success')
     group by e.node_id order by e.node_id
    on conflict (node_id) do update
       set failures = s.failures + excluded.failures,
           jobs = array(select distinct job from unnest(s.jobs || excluded.jobs) as job limit 100)
    returning *
  loop
    continue when v_streak.failures < v_rule.node_failures or cardinality(v_streak.jobs) < v_rule.node_jobs
      or not plow.may_shut(v_streak.node_id, v_rule.nodes_most_percent);
    select e.* into v_last from unnest(p_ended) as e where e.node_id = v_streak.node_id and plow.blames_node(e)
     order by e.stopped desc, e.proc_id desc limit 1;
    update plow.node
       set state = 'REPAIR',
           state_reason = format('%s attempts of %s jobs failed here in a row; the last, %s', v_streak.failures,
                                 cardinality(v_streak.jobs), plow.told_failure(v_last, true, false))
     where id = v_streak.node_id;
    delete from plow.node_streak where node_id = v_streak.node_id;
    perform pg_notify('plow_farm', '');
  end loop;
end
$$;
