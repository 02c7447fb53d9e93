-- commit_plan(layers, nodes, counts, cores) returns the booked procs
-- Books a plan: entry i wants counts[i] tasks of layers[i] on nodes[i], each with cores[i] cores where the layer is
-- threadable (0: its minimum; never above its maximum). The planner proposes from memory and may be wrong or stale;
-- here is decided. What does not fit at this moment is left out, in plan order: the first that asks gets. The tasks are
-- the layer's next ready ones by ord.
-- Judged: nothing holds the job (held_by); whether the node takes work (takes_work), this one (place_for), and
-- now (busy_by); quota unlocked; quota burst; max cores of folder and job; what is kept free under these (kept_headroom);
-- idle cores, memory and devices; tasks of the layer per node; limits.
-- Locks: quota, folder, job, layer, node, limit counters.
-- Changes: task, waiting, proc, node_gpu, limit_use, reservation, headroom, all counters, event_outbox.
-- Raises: Invalid where the arrays differ in length.
create or replace function plow.commit_plan(p_layer uuid[], p_node uuid[], p_n int[], p_cores int[] default null)
returns setof plow.booked_proc language plpgsql as $$
declare
  v_now timestamptz;
  v_core int[] := coalesce(p_cores, array_fill(0, array[cardinality(p_n)]));
  v_is_scarce boolean;
  v_booked plow.booked_proc[];
  v_quota uuid[];
  v_folder uuid[];
  v_job uuid[];
begin
  if not cardinality(p_layer) = all (array[cardinality(p_node), cardinality(p_n), cardinality(v_core)]) then
    raise exception 'a plan needs as many nodes, counts and cores as layers' using errcode = 'PW003';
  end if;

  select array_agg(distinct quota.id), array_agg(distinct job.folder_id), array_agg(distinct job.id)
    into v_quota, v_folder, v_job
    from unnest(p_layer, p_node) as want (layer_id, node_id)
    join plow.layer on layer.id = want.layer_id
    join plow.job on job.id = layer.job_id
    join plow.node on node.id = want.node_id
    left join plow.quota on quota.project_id = job.project_id and quota.cluster_id = node.cluster_id;
  perform plow.lock_rows(v_quota, v_folder, v_job, p_layer, p_node);
  v_is_scarce := exists (
    select from plow.layer where id = any(p_layer) and (limits <> '{}' or gpus > 0 or max_per_node > 0));
  if v_is_scarce then
    perform plow.lock_limits(array(select distinct unnest(limits) from plow.layer where id = any(p_layer)));
  end if;
  v_now := plow.now();  -- after the wait: whoever asks for changes since a time shall not miss this one

  with
  -- One row for each entry of the plan that may run at all, with the size of one proc.
  entry as (
    select want.place, want.n, layer.id as layer_id, job.id as job_id, job.folder_id, quota.id as quota_id,
           node.id as node_id, space.ram, layer_counter.ready, layer.gpus, layer.gpu_ram, layer.limits, job.username,
           case when layer.threadable and node.slot_mode = 'DYNAMIC' and not layer.whole_node
                then greatest(space.cores, least(want.cores, layer.max_cores)) else space.cores end as cores,
           layer.max_per_node, layer.predicted_clock_ms, layer.predicted_ram, layer.ram_profile is not null as is_along,
           -- A task that needs less than the layer's largest is booked with less (task_ram).
           (layer.ram_profile is not null or layer.needed_ram is not null) and space.ram = plow.asked_ram(layer)
             and node.slot_mode = 'DYNAMIC' and not layer.whole_node as is_by_task,
           quota_counter.burst - quota_counter.run_cores - headroom.of_quota as quota_room,
           case when folder.max_cores = -1 then 2147483647
                else folder.max_cores - folder_counter.run_cores - headroom.of_folder end as folder_room,
           case when job.max_cores = -1 then 2147483647
                else job.max_cores - job_counter.run_cores - headroom.of_job end as job_room,
           node_counter.idle_cores, node_counter.idle_ram
      from unnest(p_layer, p_node, p_n, v_core) with ordinality as want (layer_id, node_id, n, cores, place)
      join plow.layer on layer.id = want.layer_id
      join plow.layer_counter on layer_counter.layer_id = layer.id
      join plow.job on job.id = layer.job_id and plow.held_by(job, v_now) is null and job.folder_id = any(v_folder)
      join plow.job_counter on job_counter.job_id = job.id
      join plow.folder on folder.id = job.folder_id
      join plow.folder_counter on folder_counter.folder_id = folder.id
      join plow.node on node.id = want.node_id
      join plow.node_counter on node_counter.node_id = node.id
      left join plow.node_report on node_report.node_id = node.id
      join plow.cluster on cluster.id = node.cluster_id
      join plow.quota on quota.project_id = job.project_id and quota.cluster_id = node.cluster_id
       and quota.id = any(v_quota) and not quota.is_locked
      join plow.quota_counter on quota_counter.quota_id = quota.id
      cross join lateral plow.place_for(
        node, node_counter.cores, node_counter.ram,
        case when layer.gpus > 0 then plow.gpus_of(node.id) end, node_report.os, layer) as space
     cross join lateral plow.busy_by(node.id, layer, v_now) as busy
     cross join lateral plow.kept_headroom(job, layer, quota.id, v_now) as headroom
     where want.n > 0
       and space.refused = '{}'
       and plow.takes_work(node, node_report, cluster.is_locked)
       and busy.refused = '{}'
  ),
  unit as (
    select entry.*, row_number() over (order by entry.place, copy) as rank
      from entry
     cross join lateral generate_series(
       1, least(entry.n, entry.ready, entry.idle_cores / entry.cores,
                case when entry.ram = 0 then entry.n else entry.idle_ram / entry.ram end)) as copy
  ),
  -- Running sums in plan order. A unit left out for one reason still counts in the other sums: the plan was
  -- wrong, the planner will look again, and no cap can be passed.
  summed as (
    select unit.*,
           sum(cores) over by_quota as quota_sum, sum(cores) over by_folder as folder_sum, sum(cores) over by_job as job_sum,
           sum(cores) over by_node as node_cores_sum, sum(ram) over by_node as node_ram_sum
      from unit
    window by_quota as (partition by quota_id order by rank), by_folder as (partition by folder_id order by rank),
           by_job as (partition by job_id order by rank), by_node as (partition by node_id order by rank)
  ),
  roomy as (
    select * from summed
     where quota_sum <= quota_room and folder_sum <= folder_room and job_sum <= job_room
       and node_cores_sum <= idle_cores and node_ram_sum <= idle_ram
  ),
  fits as (
    select *, row_number() over (partition by layer_id order by rank) as turn,
           case when gpus > 0 then sum(gpus) over (partition by node_id order by rank) end as gpus_upto
      from roomy
     where not v_is_scarce
        or rank <> all ((select plow.short_of(array(
             select (rank, layer_id, node_id, username, limits, gpus, gpu_ram, max_per_node)::plow.scarce_unit from roomy), v_now)
           )::bigint[])
  ),
  wanted as (
    select layer_id, count(*) as n, bool_or(is_by_task or is_along) as is_by_task from fits group by layer_id
  ),
  picked as (
    select pick.task_id, pick.layer_id, pick.ord, row_number() over (partition by pick.layer_id order by pick.ord) as turn,
           own.ram, own.part
      from wanted
      join plow.layer_counter on layer_counter.layer_id = wanted.layer_id
     cross join lateral (
       select waiting.task_id, waiting.layer_id, waiting.ord
         from plow.waiting
        where waiting.layer_id = wanted.layer_id and waiting.ord >= layer_counter.next_ord
        order by waiting.ord
        limit wanted.n) as pick
      left join lateral (
        select plow.task_ram(layer, task.number, task.needed_ram) as ram, plow.profile_part(layer, task.number) as part
          from plow.task join plow.layer on layer.id = task.layer_id where task.id = pick.task_id and wanted.is_by_task) as own
        on true
  ),
  booking as (
    select plow.new_id() as proc_id, picked.task_id, picked.ord, fits.layer_id, fits.job_id, fits.folder_id,
           fits.quota_id, fits.node_id, fits.cores, case when fits.is_by_task then picked.ram else fits.ram end as ram,
           fits.rank, fits.limits, fits.username,
           ceil(fits.predicted_ram * coalesce(picked.part, 1))::int as predicted_ram, fits.predicted_clock_ms,
           case when fits.gpus = 0 then '{}'::int[]
                else (plow.idle_gpus(fits.node_id, fits.gpu_ram))[fits.gpus_upto - fits.gpus + 1:fits.gpus_upto] end as gpus
      from fits join picked using (layer_id, turn)
  ),
  taken as (
    delete from plow.waiting using booking
     where waiting.layer_id = booking.layer_id and waiting.ord = booking.ord
  ),
  started as (
    update plow.task
       set state = 'RUNNING', retries = task.retries + 1, started = v_now, stopped = null, updated = v_now,
           exit_status = null, exit_signal = null, last_node = node.name, last_cores = booking.cores,
           last_ram = booking.ram, high_ram = 0, high_cores = 0
      from booking join plow.node on node.id = booking.node_id
     where task.id = booking.task_id
    returning booking.*, task.retries
  ),
  made as (
    insert into plow.proc (id, task_id, layer_id, job_id, quota_id, node_id, cores, ram, attempt, created, gpus, limits,
                           predicted_ram, predicted_clock_ms)
    select started.proc_id, started.task_id, started.layer_id, started.job_id, started.quota_id, started.node_id,
           started.cores, started.ram, started.retries, v_now, started.gpus, started.limits,
           started.predicted_ram, started.predicted_clock_ms
      from started
  ),
  kept as (
    delete from plow.reservation using booking
     where reservation.node_id = booking.node_id and reservation.layer_id = booking.layer_id
  ),
  kept_free as (
    delete from plow.headroom using booking where headroom.layer_id = booking.layer_id
  ),
  told as (
    insert into plow.event_outbox (time, noun, object_id, job_id, change, old, new, tasks)
    select v_now, 'task', layer_id, job_id, 'state', 'WAITING', 'RUNNING', array_agg(task_id order by ord)
      from booking group by layer_id, job_id
  ),
  quotas as (
    update plow.quota_counter as c
       set run_cores = c.run_cores + s.cores, run_procs = c.run_procs + s.procs,
           used_core_s = plow.used_now(c, setting.half_life_s, v_now), used_at = v_now
      from (select quota_id, sum(cores) as cores, count(*) as procs from booking group by quota_id) as s
     cross join plow.share_setting as setting
     where c.quota_id = s.quota_id
  ),
  folders as (
    update plow.folder_counter as c set run_cores = c.run_cores + s.cores, run_procs = c.run_procs + s.procs
      from (select folder_id, sum(cores) as cores, count(*) as procs from booking group by folder_id) as s
     where c.folder_id = s.folder_id
  ),
  jobs as (
    update plow.job_counter as c
       set run_cores = c.run_cores + s.cores, run_procs = c.run_procs + s.procs,
           waiting = c.waiting - s.procs, running = c.running + s.procs
      from (select job_id, sum(cores) as cores, count(*) as procs from booking group by job_id) as s
     where c.job_id = s.job_id
  ),
  layers as (
    update plow.layer_counter as c
       set run_cores = c.run_cores + s.cores, run_procs = c.run_procs + s.procs,
           waiting = c.waiting - s.procs, running = c.running + s.procs,
           ready = c.ready - s.procs, next_ord = s.last_ord + 1
      from (select layer_id, sum(cores) as cores, count(*) as procs, max(ord) as last_ord from booking group by layer_id) as s
     where c.layer_id = s.layer_id
  ),
  nodes as (
    update plow.node_counter as c
       set idle_cores = c.idle_cores - s.cores, idle_ram = c.idle_ram - s.ram, run_procs = c.run_procs + s.procs
      from (select node_id, sum(cores) as cores, sum(ram) as ram, count(*) as procs from booking group by node_id) as s
     where c.node_id = s.node_id
  )
  select array_agg((b.proc_id, b.task_id, b.layer_id, b.job_id, b.folder_id, b.quota_id, b.node_id, b.cores, b.ram,
                    b.gpus, b.limits)::plow.booked_proc order by b.rank)
    into v_booked from booking as b;
  if v_is_scarce and v_booked is not null then
    perform plow.hand_out(array(select b.proc_id from unnest(v_booked) as b));
  end if;
  return query select * from unnest(v_booked);
end
$$;
