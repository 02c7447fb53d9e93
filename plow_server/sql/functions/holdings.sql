-- holdings(procs) returns a row for each limit and holder: with how many of these procs
-- holder is null where each task uses one (limit_holder).
create or replace function plow.holdings(p_proc uuid[])
returns table (limit_id uuid, per plow.limit_per, holder text, procs int) language sql stable as $$
  select l.id, l.per, plow.limit_holder(l.per, proc.node_id, job.username), count(*)::int
    from plow.proc
    join plow.job on job.id = proc.job_id
   cross join lateral unnest(proc.limits) as named (id)
    join plow.limit as l on l.id = named.id
   where proc.id = any(p_proc)
   group by 1, 2, 3;
$$;
