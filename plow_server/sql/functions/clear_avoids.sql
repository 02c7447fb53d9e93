-- clear_avoids(job, node) returns int, how many were forgotten
-- The failures of a job, on a node, or of both; null stands for any.
-- Locks: job and node counter.  Changes: avoid.  Rings: plow_farm.  Raises: Invalid where both are null; NotFound job or node.
create or replace function plow.clear_avoids(p_job uuid, p_node uuid) returns int language plpgsql as $$
declare
  v_gone int;
begin
  if p_job is null and p_node is null then
    raise exception 'say a job, a node, or both' using errcode = 'PW003';
  elsif p_job is not null and not exists (select from plow.job where id = p_job) then
    raise exception 'no job ''%''', p_job using errcode = 'PW001';
  elsif p_node is not null and not exists (select from plow.node where id = p_node) then
    raise exception 'no node ''%''', p_node using errcode = 'PW001';
  end if;
  perform plow.lock_rows(null, null, array[p_job], null, array[p_node]);  -- as those who write it
  with
  gone as (
    select job_id, node_id from plow.forget_avoids(p_job, p_node)
  ),
  noted as (
    select plow.note('job', gone.job_id, gone.job_id, 'avoids', string_agg(node.name, ', ' order by node.name), null)
      from gone join plow.node on node.id = gone.node_id group by gone.job_id
  )
  select (select count(*) from gone), (select count(*) from noted) into v_gone;
  perform pg_notify('plow_farm', '');
  return v_gone;
end
$$;
