-- QuotaT.
create view plow.quota_view as
select quota.id, quota.cluster_id, quota.project_id, project.code || '.' || cluster.name as name, quota.is_locked,
       quota.size, counter.burst, counter.run_cores,
       use.core_h as used_core_hours,
       use.core_h - sum(use.core_h) over in_cluster * quota.size / nullif(sum(quota.size) over in_cluster, 0) as debt_core_hours
  from plow.quota
  join plow.quota_counter as counter on counter.quota_id = quota.id
  join plow.project on project.id = quota.project_id
  join plow.cluster on cluster.id = quota.cluster_id
 cross join plow.share_setting as setting
 cross join lateral (select plow.used_now(counter, setting.half_life_s, plow.now()) / 3600) as use (core_h)
window in_cluster as (partition by quota.cluster_id);
