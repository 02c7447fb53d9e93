-- keep_quality(lessons) returns void
-- How good the predictions were that attempts had, by service and day.
-- Changes: prediction_quality.
create or replace function plow.keep_quality(p_lesson plow.lesson[]) returns void language sql as $$
  insert into plow.prediction_quality as q (
    service, day, attempts, within_ram, killed_for_memory, ram_ratios, clock_ratios)
  select layer.service, (plow.now() at time zone 'UTC')::date, count(a.ram) + coalesce(max(killed.n), 0),
         count(*) filter (where abs(a.booked - a.ram) * 4 <= a.ram), coalesce(max(killed.n), 0),
         coalesce((array_agg((a.ram / a.booked::float8)::real) filter (where a.ram > 0))[1:200], '{}'),
         coalesce((array_agg((a.clock_ms / a.expected_ms::float8)::real) filter (where a.expected_ms > 0))[1:200], '{}')
    from unnest(p_lesson) as t
    join plow.layer on layer.id = t.layer_id
    join (select l.service, sum(k.killed)::int as n
            from unnest(p_lesson) as k join plow.layer as l on l.id = k.layer_id group by l.service) as killed
      on killed.service = layer.service
    left join lateral unnest(t.ram, t.booked, t.clock_ms, t.expected_ms) as a (ram, booked, clock_ms, expected_ms)
      on a.booked > 0
   group by layer.service
  having count(a.ram) + coalesce(max(killed.n), 0) > 0
   order by layer.service
  on conflict (service, day) do update
     set attempts = q.attempts + excluded.attempts, within_ram = q.within_ram + excluded.within_ram,
         killed_for_memory = q.killed_for_memory + excluded.killed_for_memory,
         ram_ratios = (excluded.ram_ratios || q.ram_ratios)[1:200],
         clock_ratios = (excluded.clock_ratios || q.clock_ratios)[1:200]
$$;
