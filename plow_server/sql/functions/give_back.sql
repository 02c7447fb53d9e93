-- give_back(procs) returns void
-- Devices and limits of procs that are about to go; those without either, and those that are gone, are passed over.
-- Locks: nothing; the caller holds the locks of their nodes and limits.  Changes: node_gpu, limit_use, limit_counter.
create or replace function plow.give_back(p_proc uuid[]) returns void language sql as $$
  update plow.node_gpu set proc_id = null
    from plow.proc where proc.id = any(p_proc) and node_gpu.node_id = proc.node_id and node_gpu.proc_id = proc.id;

  with
  holding as (
    select * from plow.holdings(p_proc)
  ),
  fewer as (
    update plow.limit_use as u set procs = u.procs - holding.procs
      from holding where u.limit_id = holding.limit_id and u.holder = holding.holder and u.procs > holding.procs
  ),
  gone as (
    delete from plow.limit_use as u using holding
     where u.limit_id = holding.limit_id and u.holder = holding.holder and u.procs = holding.procs
    returning u.limit_id
  )
  update plow.limit_counter as c set used = c.used - s.n
    from (select limit_id, sum(n) as n
            from (select limit_id, procs as n from holding where per = 'TASK'
                  union all
                  select limit_id, 1 from gone) as given
           group by limit_id) as s
   where c.limit_id = s.limit_id;
$$;
