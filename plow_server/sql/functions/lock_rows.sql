-- lock_rows(quotas, folders, jobs, layers, nodes, whole jobs) returns void
-- The one place that knows the lock order: quota, folder, job, layer, node, each by id ascending. A whole job is locked
-- with all layers that it has once it is locked itself, when it gets no more.
-- Whoever changes counters, or anything that commit_plan decides on, calls this first and reads afterwards.
--
-- Before these, where somebody needs them at all: turns (advisory locks: of a job's name, of who makes depends, of pools),
-- then the rows of project and cluster, and a node's report. Between layers and nodes: the rows of pools and limits
-- (share_named). After nodes: limit counters (lock_limits), what folders have done (lock_done). The rows of job, layer,
-- node and quota themselves come after their counters, and so does all that belongs to them.
-- Whoever wants no more than to look in on what others have in hand passes over it (skip locked).
-- Locks: counter rows.  Changes: nothing.  Raises: nothing; ids that are not there are passed over.
create or replace function plow.lock_rows(
  p_quota uuid[], p_folder uuid[], p_job uuid[], p_layer uuid[], p_node uuid[], p_whole uuid[] default '{}'
) returns void language plpgsql as $$
begin
  perform from plow.quota_counter where quota_id = any(p_quota) order by quota_id for no key update;
  perform from plow.folder_counter where folder_id = any(p_folder) order by folder_id for no key update;
  perform from plow.job_counter where job_id = any(p_job || p_whole) order by job_id for no key update;
  if p_whole <> '{}' then
    p_layer := p_layer || array(select id from plow.layer where job_id = any(p_whole));
  end if;
  perform from plow.layer_counter where layer_id = any(p_layer) order by layer_id for no key update;
  perform from plow.node_counter where node_id = any(p_node) order by node_id for no key update;
end
$$;
