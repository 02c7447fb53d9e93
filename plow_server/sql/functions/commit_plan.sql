-- commit_plan(layers, nodes, counts) returns the booked procs
-- Books a plan: entry i wants counts[i] tasks of layers[i] on nodes[i]. The planner proposes from memory and may
-- be wrong or stale; here is decided. What does not fit at this moment is left out, in plan order: the first
-- that asks gets. The tasks are the layer's next ready ones by ord.
-- Judged: job running, not paused, its time come; whether the node takes work (takes_work) and this one (place_for);
-- quota unlocked; quota burst; max cores of folder and job; idle cores and memory.
-- Locks: quota, folder, job, layer, node counters.  Changes: task, waiting, proc, all counters, event_outbox.
-- Raises: Invalid where the three arrays differ in length.
create or replace function plow.commit_plan(p_layer uuid[], p_node uuid[], p_n int[])
returns table (
  proc_id uuid, task_id uuid, layer_id uuid, job_id uuid, folder_id uuid, quota_id uuid, node_id uuid,
  cores int, ram int
) language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz;
  v_quota uuid[];
  v_folder uuid[];
  v_job uuid[];
begin
  if cardinality(p_layer) <> cardinality(p_node) or cardinality(p_layer) <> cardinality(p_n) then
    raise exception 'a plan needs as many nodes and counts as layers' using errcode = 'PW003';
  end if;

  select array_agg(distinct quota.id), array_agg(distinct job.folder_id), array_agg(distinct job.id)
    into v_quota, v_folder, v_job
    from unnest(p_layer, p_node) as want (layer_id, node_id)
    join plow.layer on layer.id = want.layer_id
    join plow.job on job.id = layer.job_id
    join plow.node on node.id = want.node_id
    left join plow.quota on quota.project_id = job.project_id and quota.cluster_id = node.cluster_id;
  perform plow.lock_rows(v_quota, v_folder, v_job, p_layer, p_node);
  v_now := plow.now();  -- after the wait: whoever asks for changes since a time shall not miss this one

  return query
  with
  -- One row for each entry of the plan that may run at all, with the size of one proc.
  entry as (
    select want.place, want.n, layer.id as layer_id, job.id as job_id, job.folder_id, quota.id as quota_id,
           node.id as node_id, space.cores, space.ram, layer_counter.ready,
           quota_counter.burst - quota_counter.run_cores as quota_room,
           case when folder.max_cores = -1 then 2147483647 else folder.max_cores - folder_counter.run_cores end as folder_room,
           case when job.max_cores = -1 then 2147483647 else job.max_cores - job_counter.run_cores end as job_room,
           node_counter.idle_cores, node_counter.idle_ram
      from unnest(p_layer, p_node, p_n) with ordinality as want (layer_id, node_id, n, place)
      join plow.layer on layer.id = want.layer_id
      join plow.layer_counter on layer_counter.layer_id = layer.id
      join plow.job on job.id = layer.job_id and job.state = 'RUNNING' and not job.paused
       and (job.start_after is null or job.start_after <= v_now)
      join plow.job_counter on job_counter.job_id = job.id
      join plow.folder on folder.id = job.folder_id and folder.id = any(v_folder)
      join plow.folder_counter on folder_counter.folder_id = folder.id
      join plow.node on node.id = want.node_id
      join plow.node_counter on node_counter.node_id = node.id
      left join plow.node_report on node_report.node_id = node.id
      join plow.cluster on cluster.id = node.cluster_id
      join plow.quota on quota.project_id = job.project_id and quota.cluster_id = node.cluster_id
       and quota.id = any(v_quota) and not quota.is_locked
      join plow.quota_counter on quota_counter.quota_id = quota.id
      cross join lateral plow.place_for(
        node, node_counter.cores, node_counter.ram, layer.tags, layer.min_cores, layer.min_ram) as space
     where want.n > 0
       and space.fits
       and plow.takes_work(node, node_report.is_draining, cluster.is_locked)
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
           sum(cores) over by_node as node_cores_sum, sum(ram) over by_node as node_ram_sum,
           count(*) over by_layer as layer_rank
      from unit
    window by_quota as (partition by quota_id order by rank), by_folder as (partition by folder_id order by rank),
           by_job as (partition by job_id order by rank), by_node as (partition by node_id order by rank),
           by_layer as (partition by layer_id order by rank)
  ),
  fits as (
    select *, row_number() over (partition by layer_id order by rank) as turn
      from summed
     where quota_sum <= quota_room and folder_sum <= folder_room and job_sum <= job_room
       and node_cores_sum <= idle_cores and node_ram_sum <= idle_ram
  ),
  wanted as (
    select layer_id, count(*) as n from fits group by layer_id
  ),
  picked as (
    select pick.task_id, pick.layer_id, pick.ord, row_number() over (partition by pick.layer_id order by pick.ord) as turn
      from wanted
      join plow.layer_counter on layer_counter.layer_id = wanted.layer_id
     cross join lateral (
       select waiting.task_id, waiting.layer_id, waiting.ord
         from plow.waiting
        where waiting.layer_id = wanted.layer_id and waiting.ord >= layer_counter.next_ord
        order by waiting.ord
        limit wanted.n) as pick
  ),
  booking as (
    select plow.new_id() as proc_id, picked.task_id, picked.ord, fits.layer_id, fits.job_id, fits.folder_id,
           fits.quota_id, fits.node_id, fits.cores, fits.ram, fits.rank
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
    insert into plow.proc (id, task_id, layer_id, job_id, quota_id, node_id, cores, ram, attempt, created)
    select started.proc_id, started.task_id, started.layer_id, started.job_id, started.quota_id, started.node_id,
           started.cores, started.ram, started.retries, v_now
      from started
  ),
  told as (
    insert into plow.event_outbox (time, noun, object_id, job_id, change, old, new, tasks)
    select v_now, 'task', layer_id, job_id, 'state', 'WAITING', 'RUNNING', array_agg(task_id order by ord)
      from booking group by layer_id, job_id
  ),
  quotas as (
    update plow.quota_counter as c set run_cores = c.run_cores + s.cores, run_procs = c.run_procs + s.procs
      from (select quota_id, sum(cores) as cores, count(*) as procs from booking group by quota_id) as s
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
  select b.proc_id, b.task_id, b.layer_id, b.job_id, b.folder_id, b.quota_id, b.node_id, b.cores, b.ram
    from booking as b order by b.rank;
end
$$;
