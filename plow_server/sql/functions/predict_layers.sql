-- predict_layers(project, job name, layers) returns a row for each layer that anything is known about
-- What one task of a layer will use. Layers are objects with place, name and service; those that exist have an id, those of
-- several jobs project and stem.
-- The closest level of history_keys that knows something counts; the layer itself once four of its tasks are done, and
-- until then what these used is the least. ram is a quantile of the newest samples with a margin that falls with their
-- number, for the largest task; profile has the others' part of it. clock_ms is what three of four do not exceed.
-- is_sure: memory may be booked by it: what earlier versions used, or at least three jobs much alike.
-- Costs a look at four rows a layer, however long the history is.
create or replace function plow.predict_layers(p_project uuid, p_name text, p_layers jsonb)
returns table (
  place int, level int, jobs int, n bigint, samples int, ram int, ram_high int, cores float8, clock_ms bigint,
  core_ms bigint, confidence float8, basis text, profile real[], profile_first int, profile_step int, is_sure boolean
) language sql stable as $$
  with
  setting as (
    select ram_margin from plow.prediction_setting
  ),
  known as materialized (
    select given.place, given.name, given.service, keys.level, past.*, cardinality(past.ram_sample) as samples
      from jsonb_to_recordset(p_layers) as given (place int, name text, service text, id uuid, project uuid, stem text)
     cross join lateral plow.history_keys(
       coalesce(given.project, p_project), coalesce(given.stem, plow.stem_of(p_name)), given.name, given.service, given.id)
       as keys
      join plow.past_use as past on past.key = keys.key and past.ram > 0
  ),
  along as (
    select place, profile, profile_first, profile_step,
           (select max(part) from unnest(profile) as part) as most
      from known where level = 2 and profile is not null
  ),
  closest as (
    select distinct on (place) *
      from known
     order by place, case when level = 1 and samples >= 4 then 0 when level = 1 then 2.5 else level end
  ),
  sized as (
    select closest.*, along.profile as shape, along.profile_first as first, along.profile_step as step,
           coalesce(along.most, 1) as most,
           round((case level when 1 then 1 when 2 then 0.9 when 3 then 0.6 else 0.4 end
                  * samples / (samples + 3.0) * closest.ram_mid / closest.ram)::numeric, 2)::float8 as trust,
           case when level = 1 then 0.6 else 1 end
             * (setting.ram_margin + case when level <= 2 then 0.15 else 0.3 end / sqrt(samples)) as margin
      from closest cross join setting
      left join along on along.place = closest.place and closest.level <= 2
  )
  select sized.place, sized.level, sized.jobs, sized.n, sized.samples,
         ceil(greatest(sized.ram * (1 + margin), own.ram_high * 1.08) * most)::int,
         sized.ram_high, sized.cores_avg, sized.clock_ms, round(sized.core_ms_avg)::bigint,
         trust,
         case sized.n when 1 then '1 task' else to_char(sized.n, 'FM999G999G999G999') || ' tasks' end
         || case sized.level
              when 1 then ' of this layer'
              when 2 then format(' of layer ''%s'' in earlier versions of the job', sized.name)
              when 3 then format(' of layers ''%s'' with service ''%s'' in the project', sized.name, sized.service)
              else format(' of service ''%s'' in the project', sized.service) end
         || case sized.level when 1 then '' else format(' (%s)', case sized.jobs when 1 then '1 job' else sized.jobs || ' jobs' end)
            end || format(', using %s cores on average', round(sized.cores_avg::numeric, 1)),
         array(select (part / most)::real from unnest(sized.shape) with ordinality as entry (part, at) order by at),
         sized.first, sized.step,
         sized.level <= 2 or sized.level = 3 and sized.jobs >= 3 and trust >= 0.45
    from sized
    left join known as own on own.place = sized.place and own.level = 1 and sized.level = 2
$$;
