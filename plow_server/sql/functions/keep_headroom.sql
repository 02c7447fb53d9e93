-- keep_headroom(layers) returns what is kept from now on
-- Keeps cores under their caps for the next task of layers that smaller work of their project passes over, in their
-- order, one layer for a project: nothing else of it starts that would not leave them free. A layer gets them where the
-- least is missing of the cluster's quota, its folder and its job, if these caps allow a task at all; not where some have
-- room, for then it is no cap that holds it. After ten minutes that is looked at again; what has lapsed is given up first.
-- Locks: headroom, in share row exclusive mode: one caller at a time, and nobody gives any up meanwhile.
-- Changes: headroom.
create or replace function plow.keep_headroom(p_layer uuid[])
returns table (layer_id uuid, quota_id uuid, cores int) language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz;
begin
  lock table plow.headroom in share row exclusive mode;
  v_now := plow.now();
  delete from plow.headroom as h where plow.headroom_lapsed(h, v_now);
  return query
  with
  caps as (
    select asked.place, job.project_id, job.id as job_id, layer.id as layer_id, able.quota_id, able.cores,
           least(share.burst, case when folder.max_cores = -1 then share.burst else folder.max_cores end,
                 case when job.max_cores = -1 then share.burst else job.max_cores end) as most,
           least(share.burst - share.run_cores,
                 case when folder.max_cores = -1 then share.burst else folder.max_cores - folder_counter.run_cores end,
                 case when job.max_cores = -1 then share.burst else job.max_cores - job_counter.run_cores end) as room
      from unnest(p_layer) with ordinality as asked (id, place)
      join plow.layer on layer.id = asked.id
      join plow.layer_counter on layer_counter.layer_id = layer.id and layer_counter.ready > 0
      join plow.job on job.id = layer.job_id and plow.held_by(job, v_now) is null
      join plow.job_counter on job_counter.job_id = job.id
      join plow.folder on folder.id = job.folder_id
      join plow.folder_counter on folder_counter.folder_id = folder.id
     cross join lateral (
       select quota_id, min(cores) as cores from plow.able_nodes(layer.id) group by quota_id) as able
      join plow.quota_counter as share on share.quota_id = able.quota_id
  ),
  best as (
    select distinct on (project_id) project_id, caps.quota_id, job_id, caps.layer_id, caps.cores
      from caps
     where caps.cores <= most and caps.cores > room
       and not exists (select from caps as open where open.layer_id = caps.layer_id and open.cores <= open.room)
     order by project_id, place, caps.cores - room, caps.quota_id
  )
  insert into plow.headroom as h (project_id, quota_id, job_id, layer_id, cores, kept_until)
  select best.*, v_now + interval '10 minutes' from best
  on conflict (project_id) do nothing
  returning h.layer_id, h.quota_id, h.cores;
end
$$;
