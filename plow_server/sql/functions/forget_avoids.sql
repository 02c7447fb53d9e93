-- forget_avoids(job, node) returns the rows that went
-- The failures of a job, on a node, or of both; null stands for any. One order for all who hold no more than either side.
-- Locks: avoid rows, by job, then node.  Changes: avoid.  The caller holds the lock of the job or the node.
create or replace function plow.forget_avoids(p_job uuid, p_node uuid) returns setof plow.avoid language sql as $$
  delete from plow.avoid
   using (select job_id, node_id from plow.avoid
           where (p_job is null or job_id = p_job) and (p_node is null or node_id = p_node)
           order by job_id, node_id for update) as held
   where avoid.job_id = held.job_id and avoid.node_id = held.node_id
  returning avoid.*
$$;
