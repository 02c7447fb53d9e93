-- told_failure(ended attempt, with its job, with its node) returns text: a failure in a few words, for reasons
create or replace function plow.told_failure(p_ended plow.ended_attempt, p_job boolean, p_node boolean)
returns text language sql stable as $$
  select task.name || case when p_job then ' of ' || job.name else '' end || case when p_node then ' on ' || node.name else '' end
         || ': ' || left(coalesce(nullif(p_ended.failure_line, ''), nullif(p_ended.reason, ''), 'exit status ' || p_ended.status), 500)
    from plow.task, plow.job, plow.node
   where task.id = p_ended.task_id and job.id = p_ended.job_id and node.id = p_ended.node_id
$$;
