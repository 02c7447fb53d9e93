-- stop_failing_jobs(ended attempts) returns void
-- A job that fails everywhere is paused: so many failures on so many nodes, and not one success since the first. Where
-- fewer nodes could run it these must all be among them, but one node proves nothing. pause_job lets it go on.
-- Locks: nothing; the caller holds the locks of the jobs.  Changes: job_streak, job.  Rings: plow_farm.
create or replace function plow.stop_failing_jobs(p_ended plow.ended_attempt[]) returns void language plpgsql as $$
declare
  v_rule plow.failure_setting;
  v_streak plow.job_streak;
  v_last plow.ended_attempt;
begin
  select * into v_rule from plow.failure_setting;
  if v_rule.job_failures = 0 then
    return;
  end if;
  for v_streak in
    insert into plow.job_streak as s (job_id, failures, nodes)
    select e.job_id, count(*), array_agg(distinct e.node_id)
      from unnest(p_ended) as e join plow.job on job.id = e.job_id and job.state = 'RUNNING' and not job.paused
     where (e.verdict = 'failure' or e.verdict = 'loss' and e.end_reason = 'ENVIRONMENT')
       and not exists (select from unnest(p_ended) as good where good.job_id = e.job_id and good.verdict = 'success')
     group by e.job_id order by e.job_id
    on conflict (job_id) do update
       set failures = s.failures + excluded.failures,
           nodes = array(select distinct node from unnest(s.nodes || excluded.nodes) as node limit 100)
    returning *
  loop
    continue when v_streak.failures < v_rule.job_failures or cardinality(v_streak.nodes) < least(v_rule.job_nodes, 2);
    select e.* into v_last from unnest(p_ended) as e
     where e.job_id = v_streak.job_id and (e.verdict = 'failure' or e.end_reason = 'ENVIRONMENT')
     order by e.stopped desc, e.proc_id desc limit 1;
    continue when cardinality(v_streak.nodes) < v_rule.job_nodes
      and exists (select node_id from plow.able_nodes(v_last.layer_id) except select unnest(v_streak.nodes));
    update plow.job
       set paused = true,
           pause_reason = format('%s attempts on %s nodes failed without one success; the last, %s', v_streak.failures,
                                 cardinality(v_streak.nodes), plow.told_failure(v_last, false, true))
     where id = v_streak.job_id;
    delete from plow.job_streak where job_id = v_streak.job_id;
    perform pg_notify('plow_farm', '');
  end loop;
end
$$;
