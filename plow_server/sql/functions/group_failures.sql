-- group_failures(attempts, layers with their jobs?) returns a row for each fingerprint, the one of most tasks first, at most 200
-- The words are those of its newest attempt. Names of nodes and layers: at most 20; tasks: at most 1000. Of several jobs
-- a layer is told as job/layer.
-- Changes: nothing.
create or replace function plow.group_failures(p_attempt plow.attempt[], p_with_jobs boolean)
returns table (
  fingerprint text, attempts int, tasks int, jobs int, node_count int, nodes text[], layers text[], task_ids uuid[],
  first_time bigint, last_time bigint, failure_line text, reason text, exit_status int, exit_signal int
) language sql stable as $$
  with
  found as materialized (
    select * from unnest(p_attempt)
  ),
  newest as (
    select distinct on (fingerprint) fingerprint, failure_line, reason, exit_status, exit_signal
      from found order by fingerprint, stopped desc, id desc
  ),
  grouped as (
    select fingerprint, count(*)::int as attempts, count(distinct task_id)::int as tasks,
           count(distinct job_id)::int as jobs, count(distinct node)::int as node_count,
           (array_agg(distinct node))[1:20] as nodes, array_agg(distinct layer_id) as layer_ids,
           (array_agg(distinct task_id))[1:1000] as task_ids, min(stopped) as first_time, max(stopped) as last_time
      from found group by fingerprint
  )
  select grouped.fingerprint, attempts, tasks, jobs, node_count, nodes,
         array(select case when p_with_jobs then job.name || '/' || layer.name else layer.name end
                 from plow.layer join plow.job on job.id = layer.job_id
                where layer.id = any(layer_ids)
                order by case when p_with_jobs then job.name end, layer.sort_order, layer.name limit 20),
         task_ids, plow.ms(first_time), plow.ms(last_time), coalesce(newest.failure_line, ''), newest.reason,
         newest.exit_status, newest.exit_signal
    from grouped join newest on newest.fingerprint = grouped.fingerprint
   order by tasks desc, grouped.last_time desc, grouped.fingerprint
   limit 200
$$;
