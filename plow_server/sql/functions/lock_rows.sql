-- lock_rows(quotas, folders, jobs, layers, nodes) returns void
-- The one place that knows the lock order: quota, folder, job, layer, node, each by id ascending.
-- Whoever changes counters, or anything that commit_plan decides on, calls this first and reads afterwards.
-- Locks: counter rows.  Changes: nothing.  Raises: nothing; ids that are not there are passed over.
create or replace function plow.lock_rows(
  p_quota uuid[], p_folder uuid[], p_job uuid[], p_layer uuid[], p_node uuid[]
) returns void language plpgsql as $$
begin
  perform from plow.quota_counter where quota_id = any(p_quota) order by quota_id for no key update;
  perform from plow.folder_counter where folder_id = any(p_folder) order by folder_id for no key update;
  perform from plow.job_counter where job_id = any(p_job) order by job_id for no key update;
  perform from plow.layer_counter where layer_id = any(p_layer) order by layer_id for no key update;
  perform from plow.node_counter where node_id = any(p_node) order by node_id for no key update;
end
$$;
