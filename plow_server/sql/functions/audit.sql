-- audit() returns a row for each fault; none = the farm's books are right
-- Recounts what the counters claim and looks for states that must not be. Every count is taken in one snapshot,
-- so it may run beside work. Run it after every story that ends badly.
-- Locks: nothing.  Changes: nothing.
create or replace function plow.audit()
returns table (fault text, object text, expected text, found text) language sql stable as $$
  with
  task_count as (
    select layer_id, job_id, count(*) as total,
           count(*) filter (where state = 'WAITING') as waiting, count(*) filter (where state = 'RUNNING') as running,
           count(*) filter (where state = 'DEAD') as dead, count(*) filter (where state = 'EATEN') as eaten,
           count(*) filter (where state = 'DEPEND') as depend, count(*) filter (where state = 'SUCCEEDED') as succeeded
      from plow.task group by layer_id, job_id
  ),
  ready_count as (
    select layer_id, count(*) as ready, min(ord) as first_ord from plow.waiting group by layer_id
  ),
  proc_sum as (
    select proc.*, job.folder_id, job.username from plow.proc left join plow.job on job.id = proc.job_id
  ),
  holding as (
    select l.id as limit_id, l.per, plow.limit_holder(l.per, proc_sum.node_id, proc_sum.username) as holder, count(*) as procs
      from proc_sum cross join lateral unnest(proc_sum.limits) as named (id)
      join plow.limit as l on l.id = named.id
     group by l.id, l.per, 3
  )
  select 'layer counter differs from its tasks', layer.name,
         row(t.total, t.waiting, t.running, t.dead, t.eaten, t.depend, t.succeeded)::text,
         row(c.total, c.waiting, c.running, c.dead, c.eaten, c.depend, c.succeeded)::text
    from plow.layer join plow.layer_counter as c on c.layer_id = layer.id
    join plow.job on job.id = layer.job_id and job.archived is null
    left join task_count as t on t.layer_id = layer.id
   where (c.total, c.waiting, c.running, c.dead, c.eaten, c.depend, c.succeeded) is distinct from
         (coalesce(t.total, 0)::int, coalesce(t.waiting, 0)::int, coalesce(t.running, 0)::int, coalesce(t.dead, 0)::int,
          coalesce(t.eaten, 0)::int, coalesce(t.depend, 0)::int, coalesce(t.succeeded, 0)::int)
  union all
  select 'job counter differs from its tasks', job.name,
         row(t.total, t.waiting, t.running, t.dead, t.eaten, t.depend, t.succeeded)::text,
         row(c.total, c.waiting, c.running, c.dead, c.eaten, c.depend, c.succeeded)::text
    from plow.job join plow.job_counter as c on c.job_id = job.id
    left join (select job_id, sum(total) as total, sum(waiting) as waiting, sum(running) as running, sum(dead) as dead,
                      sum(eaten) as eaten, sum(depend) as depend, sum(succeeded) as succeeded
                 from task_count group by job_id) as t on t.job_id = job.id
   where job.archived is null and (c.total, c.waiting, c.running, c.dead, c.eaten, c.depend, c.succeeded) is distinct from
         (coalesce(t.total, 0)::int, coalesce(t.waiting, 0)::int, coalesce(t.running, 0)::int, coalesce(t.dead, 0)::int,
          coalesce(t.eaten, 0)::int, coalesce(t.depend, 0)::int, coalesce(t.succeeded, 0)::int)
  union all
  select 'ready count or next_ord differs from plow.waiting', layer.name,
         row(coalesce(r.ready, 0), r.first_ord)::text, row(c.ready, c.next_ord)::text
    from plow.layer join plow.layer_counter as c on c.layer_id = layer.id
    left join ready_count as r on r.layer_id = layer.id
   where c.ready <> coalesce(r.ready, 0) or c.next_ord > r.first_ord
  union all
  select 'waiting row without a startable task', waiting.task_id::text, 'WAITING, living job, no proc', coalesce(task.state::text, 'no task')
    from plow.waiting left join plow.task on task.id = waiting.task_id left join plow.job on job.id = task.job_id
   where task.state is distinct from 'WAITING' or job.state = 'FINISHED'
      or task.layer_id <> waiting.layer_id or task.ord <> waiting.ord
      or exists (select from plow.proc where proc.task_id = waiting.task_id)
  union all
  select 'startable task without a waiting row', task.id::text, 'a row in plow.waiting', 'none'
    from plow.task join plow.job on job.id = task.job_id and job.state <> 'FINISHED'
   where task.state = 'WAITING'
     and not exists (select from plow.waiting where waiting.layer_id = task.layer_id and waiting.ord = task.ord)
     and not exists (select from plow.later where later.task_id = task.id)
     and not exists (select from plow.proc where proc.task_id = task.id)
  union all
  select 'put off, and waits for nothing', later.task_id::text, 'WAITING or DEPEND, living job, no row in plow.waiting',
         coalesce(task.state::text, 'no task')
    from plow.later left join plow.task on task.id = later.task_id left join plow.job on job.id = task.job_id
   where task.state is null or task.state not in ('WAITING', 'DEPEND') or job.state = 'FINISHED'
      or (task.layer_id, task.job_id) <> (later.layer_id, later.job_id)
      or exists (select from plow.waiting where waiting.layer_id = task.layer_id and waiting.ord = task.ord)
  union all
  select 'running task without a live proc', task.id::text, 'one proc', 'none'
    from plow.task
   where task.state = 'RUNNING'
     and not exists (select from plow.proc where proc.task_id = task.id and proc.state <> 'KILLING')
  union all
  select 'live proc without a running task', proc.id::text, 'RUNNING', coalesce(task.state::text, 'no task')
    from plow.proc left join plow.task on task.id = proc.task_id
   where proc.state <> 'KILLING' and task.state is distinct from 'RUNNING'
  union all
  select 'depend count differs from active depends', task.name, coalesce(d.n, 0)::text, task.depend_count::text
    from plow.task
    left join (
      select task_id, sum(n) as n from (
        select dependent_task_id as task_id, count(*) as n from plow.depend
         where is_active and dependent_task_id is not null group by dependent_task_id
        union all
        select task.id, count(*) from plow.depend join plow.task on task.layer_id = depend.dependent_layer_id
         where depend.is_active and depend.type in ('LAYER_ON_LAYER', 'LAYER_ON_TASK') group by task.id
        union all
        select task.id, count(*) from plow.depend join plow.task on task.job_id = depend.dependent_job_id
         where depend.is_active and depend.type = 'JOB_ON_JOB' group by task.id) as each_kind
       group by task_id) as d on d.task_id = task.id
   where task.depend_count <> coalesce(d.n, 0)
  union all
  select 'task state against its depends', task.name, task.depend_count || ' open depends', task.state::text
    from plow.task
   where task.state = 'DEPEND' and task.depend_count = 0 or task.state = 'WAITING' and task.depend_count > 0
  union all
  select 'layer cores differ from its procs', layer.name,
         row(coalesce(s.cores, 0), coalesce(s.procs, 0))::text, row(c.run_cores, c.run_procs)::text
    from plow.layer join plow.layer_counter as c on c.layer_id = layer.id
    left join (select layer_id, sum(cores) as cores, count(*) as procs from proc_sum group by layer_id) as s on s.layer_id = layer.id
   where (c.run_cores, c.run_procs) <> (coalesce(s.cores, 0), coalesce(s.procs, 0))
  union all
  select 'job cores differ from its procs', job.name,
         row(coalesce(s.cores, 0), coalesce(s.procs, 0))::text, row(c.run_cores, c.run_procs)::text
    from plow.job join plow.job_counter as c on c.job_id = job.id
    left join (select job_id, sum(cores) as cores, count(*) as procs from proc_sum group by job_id) as s on s.job_id = job.id
   where (c.run_cores, c.run_procs) <> (coalesce(s.cores, 0), coalesce(s.procs, 0))
  union all
  select 'folder cores differ from its procs', folder.name,
         row(coalesce(s.cores, 0), coalesce(s.procs, 0))::text, row(c.run_cores, c.run_procs)::text
    from plow.folder join plow.folder_counter as c on c.folder_id = folder.id
    left join (select folder_id, sum(cores) as cores, count(*) as procs from proc_sum group by folder_id) as s on s.folder_id = folder.id
   where (c.run_cores, c.run_procs) <> (coalesce(s.cores, 0), coalesce(s.procs, 0))
  union all
  select 'folder''s finished tasks differ from its finished jobs', folder.name,
         row(coalesce(s.total, 0), coalesce(s.waiting, 0), coalesce(s.dead, 0), coalesce(s.eaten, 0), coalesce(s.depend, 0),
             coalesce(s.succeeded, 0))::text,
         row(coalesce(c.total, 0), coalesce(c.waiting, 0), coalesce(c.dead, 0), coalesce(c.eaten, 0), coalesce(c.depend, 0),
             coalesce(c.succeeded, 0))::text
    from plow.folder
    left join plow.folder_done as c on c.folder_id = folder.id
    left join (select folder_id, sum(total) as total, sum(waiting) as waiting, sum(dead) as dead, sum(eaten) as eaten,
                      sum(depend) as depend, sum(succeeded) as succeeded
                 from plow.job join plow.job_counter on job_counter.job_id = job.id
                where job.state = 'FINISHED' group by folder_id) as s on s.folder_id = folder.id
   where (coalesce(c.total, 0), coalesce(c.waiting, 0), coalesce(c.dead, 0), coalesce(c.eaten, 0), coalesce(c.depend, 0),
          coalesce(c.succeeded, 0)) is distinct from
         (coalesce(s.total, 0), coalesce(s.waiting, 0), coalesce(s.dead, 0), coalesce(s.eaten, 0), coalesce(s.depend, 0),
          coalesce(s.succeeded, 0))
  union all
  select 'quota cores differ from its procs', quota.id::text,
         row(coalesce(s.cores, 0), coalesce(s.procs, 0))::text, row(c.run_cores, c.run_procs)::text
    from plow.quota join plow.quota_counter as c on c.quota_id = quota.id
    left join (select quota_id, sum(cores) as cores, count(*) as procs from proc_sum group by quota_id) as s on s.quota_id = quota.id
   where (c.run_cores, c.run_procs) <> (coalesce(s.cores, 0), coalesce(s.procs, 0))
  union all
  select 'node idle differs from total minus procs', node.name,
         row(c.cores - coalesce(s.cores, 0), c.ram - coalesce(s.ram, 0), coalesce(s.procs, 0))::text,
         row(c.idle_cores, c.idle_ram, c.run_procs)::text
    from plow.node join plow.node_counter as c on c.node_id = node.id
    left join (select node_id, sum(cores) as cores, sum(ram) as ram, count(*) as procs from proc_sum group by node_id) as s
      on s.node_id = node.id
   where (c.idle_cores, c.idle_ram, c.run_procs) <>
         (c.cores - coalesce(s.cores, 0), c.ram - coalesce(s.ram, 0), coalesce(s.procs, 0))
  union all
  select 'proc of nothing', proc_sum.id::text, 'job, node, quota', 'missing'
    from proc_sum
   where folder_id is null
      or not exists (select from plow.node where node.id = proc_sum.node_id)
      or not exists (select from plow.quota where quota.id = proc_sum.quota_id)
  union all
  select 'finished job with a live proc', job.name, 'KILLING', proc.state::text
    from plow.proc join plow.job on job.id = proc.job_id
   where job.state = 'FINISHED' and proc.state <> 'KILLING'
  union all
  select 'finished work still holds back a depend', depend.id::text, 'satisfied, or in depend_queue', 'active'
    from plow.depend
   where depend.is_active
     and (depend.on_task_id is not null
            and exists (select from plow.task where task.id = depend.on_task_id and task.state in ('SUCCEEDED', 'EATEN'))
            and not exists (select from plow.depend_queue as q where q.on_task_id = depend.on_task_id)
          or depend.on_task_id is null and depend.on_layer_id is not null
            and exists (select from plow.layer_counter as c where c.layer_id = depend.on_layer_id and c.succeeded + c.eaten = c.total)
            and not exists (select from plow.depend_queue as q where q.on_layer_id = depend.on_layer_id)
          or depend.type = 'JOB_ON_JOB'
            and exists (select from plow.job where job.id = depend.on_job_id and job.state = 'FINISHED')
            and not exists (select from plow.depend_queue as q where q.on_job_id = depend.on_job_id))
  union all
  select 'archived job that is not over, or is cleared and has tasks', job.name, 'FINISHED', job.state::text
    from plow.job
   where job.archived is not null
     and (job.state <> 'FINISHED' or job.is_cleared and exists (select from plow.task where task.job_id = job.id))
  union all
  select 'job with nothing left to do', job.name, 'FINISHED', job.state::text
    from plow.job join plow.job_counter as c on c.job_id = job.id
   where job.state <> 'FINISHED' and c.total > 0 and c.succeeded + c.eaten = c.total
  union all
  select 'post job of a finished job', job.name, 'RUNNING or FINISHED', job.state::text
    from plow.job_post
    join plow.job on job.id = job_post.post_job_id and job.state = 'POST'
    join plow.job as first on first.id = job_post.job_id and first.state = 'FINISHED'
  union all
  select 'limit in use differs from its procs', l.name, coalesce(s.used, 0)::text, c.used::text
    from plow.limit as l join plow.limit_counter as c on c.limit_id = l.id
    left join (select limit_id, case when per = 'TASK' then sum(procs) else count(*) end as used
                 from holding group by limit_id, per) as s on s.limit_id = l.id
   where c.used <> coalesce(s.used, 0)
  union all
  select 'holders of a limit differ from its procs', coalesce(h.limit_id, u.limit_id)::text,
         coalesce(h.holder || ' ' || h.procs, 'nobody'), coalesce(u.holder || ' ' || u.procs, 'nobody')
    from (select * from holding where per <> 'TASK') as h
    full join plow.limit_use as u on u.limit_id = h.limit_id and u.holder = h.holder
   where h.procs is distinct from u.procs
  union all
  select 'proc with a limit that is not there', proc_sum.id::text, 'its limits', proc_sum.limits::text
    from proc_sum
   where exists (select from unnest(proc_sum.limits) as named (id) where not exists (select from plow.limit as l where l.id = named.id))
  union all
  select 'devices of a proc differ from who has them', coalesce(p.id, d.proc_id)::text, coalesce(p.gpus, '{}')::text,
         coalesce(d.gpus, '{}')::text
    from (select id, node_id, array(select g from unnest(gpus) as g order by g) as gpus from proc_sum where gpus <> '{}') as p
    full join (select proc_id, node_id, array_agg(index order by index) as gpus
                 from plow.node_gpu where proc_id is not null group by proc_id, node_id) as d
      on d.proc_id = p.id and d.node_id = p.node_id
   where p.gpus is distinct from d.gpus
  union all
  select 'pools of a node differ from the names in them', node.name,
         (plow.pools_of(node.name, false), plow.pools_of(node.name, true))::text, (node.pools, node.exclusive_pools)::text
    from plow.node
   where (node.pools, node.exclusive_pools) is distinct from (plow.pools_of(node.name, false), plow.pools_of(node.name, true))
  union all
  select 'pools of a layer differ from its job''s', layer.name, job.pools::text, layer.pools::text
    from plow.layer join plow.job on job.id = layer.job_id
   where not layer.has_own_pools and layer.pools <> job.pools
  union all
  select 'a pool or limit that is not there is named', layer.name, 'pools and limits', (layer.pools || layer.limits)::text
    from plow.layer
   where layer.pools <> '{}' and exists (select from unnest(layer.pools) as named (id) where not exists (select from plow.pool where pool.id = named.id))
      or layer.limits <> '{}' and exists (select from unnest(layer.limits) as named (id) where not exists (select from plow.limit as l where l.id = named.id))
  union all
  select 'a month''s attempt counted twice', attempt.id::text, '1', count(*)::text
    from plow.attempt group by attempt.id having count(*) > 1
$$;
