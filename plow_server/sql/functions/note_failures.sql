-- note_failures(ended attempts) returns void
-- What failures say of nodes and jobs, in the transaction that notices them; plow.failure_setting has the numbers.
--   Many jobs fail on one node        -> it is set aside as REPAIR (shut_nodes)
--   Many nodes fail one job           -> it is paused (stop_failing_jobs)
--   A job fails on a node repeatedly  -> it stays away from it (keep_away)
-- A success in between begins the count anew; in one call it outweighs the failures beside it.
-- Locks: nothing; the caller holds the locks of jobs and nodes.
-- Changes: node_streak, job_streak, avoid, task_loss, node, job, blame, event_outbox.  Rings: plow_farm.
create or replace function plow.note_failures(p_ended plow.ended_attempt[]) returns void language plpgsql as $$
declare
  v_good plow.ended_attempt[] := array(select e from unnest(p_ended) as e where e.verdict = 'success');
begin
  if exists (
    select from unnest(v_good) as e
     where exists (select from plow.node_streak where node_id = e.node_id)
        or exists (select from plow.job_streak where job_id = e.job_id)
        or exists (select from plow.task_loss where task_id = e.task_id)
        or exists (select from plow.avoid where job_id = e.job_id and node_id = e.node_id)
  ) then
    delete from plow.node_streak where node_id = any(array(select distinct e.node_id from unnest(v_good) as e));
    delete from plow.job_streak where job_id = any(array(select distinct e.job_id from unnest(v_good) as e));
    delete from plow.task_loss where task_id = any(array(select e.task_id from unnest(v_good) as e));
    delete from plow.avoid using (select distinct e.job_id, e.node_id from unnest(v_good) as e) as pair
     where avoid.job_id = pair.job_id and avoid.node_id = pair.node_id and coalesce(avoid.until <= plow.now(), true);
  end if;
  if exists (select from unnest(p_ended) as e where e.verdict = 'failure' or e.end_reason = 'ENVIRONMENT') then
    perform plow.shut_nodes(p_ended);
    perform plow.stop_failing_jobs(p_ended);
    perform plow.keep_away(p_ended);
  end if;
end
$$;
