-- learn_history(most) returns int, how many lessons were taken; call again while it takes as many as it may
-- What ended attempts teach: the sums and newest samples of each kind they belong to (history_keys), how good their
-- predictions were, and, of layers that are done, the profile. Then the layers' own predictions follow, and those of
-- living versions that have no done task of their own.
-- A layer gives its own kind all it has, its job's versions about 24 samples and the wider kinds about 4, evenly over its
-- tasks: otherwise the last frames of the largest job would speak for all. Its cost depends on the lessons alone.
-- Locks: layer counters, without waiting.  Changes: lesson, past_use, prediction_quality, layer.
create or replace function plow.learn_history(p_most int default 1000) returns int language plpgsql as $$
declare
  c_newest constant int := 48;
  v_now timestamptz := plow.now();
  v_taken plow.lesson[];
  v_layer uuid[];
  v_key uuid[];
  v_done uuid;
  v_kind uuid;
begin
  with gone as (
    delete from plow.lesson
     where id = any(array(select id from plow.lesson order by id limit p_most for update skip locked))
    returning lesson
  )
  select array_agg(gone.lesson order by (gone.lesson).id) into v_taken from gone;
  if v_taken is null then
    return 0;
  end if;
  v_layer := array(select distinct t.layer_id from unnest(v_taken) as t);
  perform plow.keep_quality(v_taken);

  with
  entry as (
    select t.layer_id, job.project_id, job.stem, layer.name, layer.service, counter.total, a.*,
           coalesce(own.n, 0) + row_number() over (partition by t.layer_id order by t.id, a.at) as turn,
           plow.past_part(kind, task.number) as part
      from unnest(v_taken) as t
      join plow.layer on layer.id = t.layer_id
      join plow.job on job.id = layer.job_id
      join plow.layer_counter as counter on counter.layer_id = layer.id
      left join plow.past_use as own on own.key = layer.id
      left join plow.past_use as kind
        on kind.key = plow.history_key('job', job.project_id::text, job.stem, layer.name, layer.service)
     cross join lateral unnest(t.tasks, t.ram, t.cores, t.clock_ms, t.core_ms) with ordinality
       as a (task_id, ram, cores, clock_ms, core_ms, at)
      left join plow.task on task.id = a.task_id
  ),
  told as (
    select keys.level, keys.key, entry.*,
           case keys.level when 1 then true
                           when 2 then turn = 1 or turn % greatest(total / 24, 1) = 0
                           else turn = 1 or turn % greatest(total / 4, 1) = 0 end as is_sample
      from entry cross join lateral plow.history_keys(project_id, stem, name, service, layer_id) as keys
  ),
  summed as (
    select key, count(*) as n, count(*) filter (where turn = 1) as jobs, avg(cores) as cores, avg(core_ms) as core_ms,
           coalesce((array_agg(case when level <= 2 then round(ram / part)::int else ram end order by turn desc)
                     filter (where is_sample and ram > 0))[1:c_newest], '{}') as ram,
           coalesce((array_agg(clock_ms order by turn desc) filter (where is_sample))[1:c_newest], '{}') as clock_ms
      from told group by key
  ),
  kept as (
    insert into plow.past_use as p (key, n, jobs, ram_sample, clock_sample, cores_avg, core_ms_avg, updated)
    select key, n, jobs, ram, clock_ms, cores, core_ms, v_now from summed order by key
    on conflict (key) do update
       set n = p.n + excluded.n, jobs = p.jobs + excluded.jobs, updated = v_now,
           ram_sample = (excluded.ram_sample || p.ram_sample)[1:c_newest],
           clock_sample = (excluded.clock_sample || p.clock_sample)[1:c_newest],
           cores_avg = p.cores_avg + (excluded.cores_avg - p.cores_avg) * excluded.n / least(p.n + excluded.n, 200 + excluded.n),
           core_ms_avg = p.core_ms_avg
             + (excluded.core_ms_avg - p.core_ms_avg) * excluded.n / least(p.n + excluded.n, 200 + excluded.n)
    returning key
  )
  select array_agg(key) into v_key from kept;
  update plow.past_use
     set ram = plow.sample_quantile(ram_sample, plow.ram_quantile()), ram_mid = plow.sample_quantile(ram_sample, 0.5),
         ram_high = coalesce((select max(ram) from unnest(ram_sample) as ram), 0),
         clock_ms = plow.sample_quantile(clock_sample, 0.75)
   where key = any(v_key);

  for v_done, v_kind in
    select layer.id, kind.key
      from plow.layer join plow.job on job.id = layer.job_id
      join plow.layer_counter as counter on counter.layer_id = layer.id
     cross join lateral plow.history_key('job', job.project_id::text, job.stem, layer.name, layer.service) as kind (key)
     where layer.id = any(v_layer) and layer.range is not null and kind.key = any(v_key)  -- no row that is not locked yet
       and counter.succeeded + counter.eaten = counter.total and counter.succeeded >= 8
  loop
    perform plow.learn_profile(v_done, v_kind);
  end loop;
  perform plow.predict_again(plow.taught_layers(v_layer));
  return cardinality(v_taken);
end
$$;
