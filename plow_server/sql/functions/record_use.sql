-- record_use(procs, rss, highest rss, cores, highest cores, progress, last log lines, io counts) returns void
-- What a node measured of its procs, in one statement; a row that says the same as before is not written.
-- io holds four numbers for each proc: read count, write count, read bytes, write bytes.
-- A proc that somebody has in hand is passed over: it may be ending, and the next ping measures again.
-- Changes: proc_use, layer by raise_ram.
create or replace function plow.record_use(
  p_proc uuid[], p_rss int[], p_high_rss int[], p_cores float8[], p_high_cores float8[], p_progress int[],
  p_last_log text[], p_io bigint[]
) returns void language sql as $$
  select set_config('synchronous_commit', 'off', true);
  insert into plow.proc_use as u (proc_id, updated, rss, high_rss, cores, high_cores, progress, last_log, io)
  select proc.id, plow.now(), told.rss, told.high_rss, told.cores, told.high_cores,
         least(greatest(told.progress, 0), 100), told.last_log, p_io[place * 4 - 3 : place * 4]
    from unnest(p_proc, p_rss, p_high_rss, p_cores, p_high_cores, p_progress, p_last_log) with ordinality
      as told (proc_id, rss, high_rss, cores, high_cores, progress, last_log, place)
    join plow.proc on proc.id = told.proc_id
   order by proc.id
     for key share of proc skip locked
  on conflict (proc_id) do update
     set updated = excluded.updated, rss = excluded.rss, high_rss = greatest(u.high_rss, excluded.high_rss),
         cores = excluded.cores, high_cores = greatest(u.high_cores, excluded.high_cores),
         progress = excluded.progress, last_log = excluded.last_log, io = excluded.io
   where (u.rss, u.cores, u.progress, u.last_log, u.io)
         is distinct from (excluded.rss, excluded.cores, excluded.progress, excluded.last_log, excluded.io);
  select plow.raise_ram(p_proc, p_high_rss)
$$;
