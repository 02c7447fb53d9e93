-- kept_headroom(job, layer, quota, now) returns one row: cores that the layer leaves free under each of its caps
-- They are kept for a large task that smaller ones of the project pass over (keep_headroom). For the layer itself, and for
-- one that a node is kept for, nothing is.
-- A table function, so that a query over many nodes takes it in and does not call it for each.
-- Changes: nothing. The caller holds the counters' locks.
create or replace function plow.kept_headroom(p_job plow.job, p_layer plow.layer, p_quota uuid, p_now timestamptz)
returns table (of_quota int, of_folder int, of_job int) language sql stable rows 1 as $$
  select coalesce(sum(kept.cores) filter (where kept.quota_id = p_quota), 0)::int,
         coalesce(sum(kept.cores) filter (where owner.folder_id = p_job.folder_id), 0)::int,
         coalesce(sum(kept.cores) filter (where owner.id = p_job.id), 0)::int
    from plow.headroom as kept
    join plow.job as owner on owner.id = kept.job_id
   where kept.project_id = p_job.project_id and kept.layer_id <> p_layer.id and kept.kept_until > p_now
     and not exists (select from plow.reservation as node where node.layer_id = p_layer.id and node.kept_until > p_now)
$$;
