-- hand_out(procs) returns void
-- Devices and limits to procs that were just made, as their rows say; give_back takes them again.
-- Locks: nothing; the caller holds the locks of their nodes and limits.  Changes: node_gpu, limit_use, limit_counter.
create or replace function plow.hand_out(p_proc uuid[]) returns void language sql as $$
  update plow.node_gpu set proc_id = proc.id
    from plow.proc where proc.id = any(p_proc) and node_gpu.node_id = proc.node_id and node_gpu.index = any(proc.gpus);

  with
  holding as (
    select * from plow.holdings(p_proc)
  ),
  held as (
    insert into plow.limit_use as u (limit_id, holder, procs)
    select limit_id, holder, procs from holding where per <> 'TASK'
    on conflict (limit_id, holder) do update set procs = u.procs + excluded.procs
  )
  update plow.limit_counter as c set used = c.used + s.n
    from (select limit_id, sum(case when per = 'TASK' then procs
                                    when exists (select from plow.limit_use as u
                                                  where u.limit_id = holding.limit_id and u.holder = holding.holder) then 0
                                    else 1 end) as n
            from holding group by limit_id) as s
   where c.limit_id = s.limit_id;
$$;
