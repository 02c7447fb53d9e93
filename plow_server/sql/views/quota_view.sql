-- QuotaT.
create view plow.quota_view as
select quota.id, quota.cluster_id, quota.project_id, project.code || '.' || cluster.name as name, quota.is_locked,
       quota.size, counter.burst, counter.run_cores
  from plow.quota
  join plow.quota_counter as counter on counter.quota_id = quota.id
  join plow.project on project.id = quota.project_id
  join plow.cluster on cluster.id = quota.cluster_id;
