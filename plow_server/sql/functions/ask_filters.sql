-- ask_filters(project, job name, user, attrs) returns one row: what the project's filters make of such a job
-- folder_id, min_cores, max_cores and paused are null where no action sets them. trace is a list of FilterTraceT as
-- JSON, in the order asked; null where there are no filters.
-- Filters are asked in their order, those switched off are not. A filter matches where all of its matchers do; one
-- without matchers matches nothing. Its actions are carried out in the order they were made, so the last of a type
-- wins; after a filter with STOP_PROCESSING no other is asked.
-- One query for all filters, however many. Called by judge_launch in the transaction of the launch.
create or replace function plow.ask_filters(p_project uuid, p_name text, p_username text, p_attrs jsonb)
returns table (folder_id uuid, min_cores int, max_cores int, paused boolean, trace jsonb)
language sql stable rows 1 as $$
  with
  fault as (
    select matcher.filter_id, (array_agg(judged.fault order by seq) filter (where fault is not null))[1] as why
      from plow.filter
      join plow.matcher on matcher.filter_id = filter.id
     cross join lateral plow.matcher_fault(
       type, field, value, attr, case field when 'JOB_NAME' then p_name when 'USER' then p_username else p_attrs ->> attr end
     ) as judged (fault)
     where filter.project_id = p_project and filter.is_enabled
     group by matcher.filter_id
  ),
  judged as materialized (
    select filter.id, filter.name, filter.sort_order, fault.filter_id is not null and fault.why is null as matched,
           case when fault.filter_id is null then 'it has no matchers, so it matches nothing' else fault.why end as why
      from plow.filter
      left join fault on fault.filter_id = filter.id
     where filter.project_id = p_project and filter.is_enabled
  ),
  stop as (
    select min(sort_order) as sort_order
      from judged join plow.action on action.filter_id = judged.id
     where matched and type = 'STOP_PROCESSING'
  ),
  asked as (
    select judged.* from judged cross join stop where judged.sort_order <= coalesce(stop.sort_order, judged.sort_order)
  ),
  done as materialized (
    select action.*, row_number() over (partition by type order by asked.sort_order desc, seq desc) as latest,
           case type when 'SET_FOLDER' then format('folder ''%s''', folder.name)
                     when 'SET_MIN_CORES' then 'min cores ' || value
                     when 'SET_MAX_CORES' then case value when '-1' then 'no limit of cores' else 'max cores ' || value end
                     when 'PAUSE' then case value when 'true' then 'paused' else 'not paused' end
                     else 'no later filter is asked' end as told
      from asked
      join plow.action on action.filter_id = asked.id
      left join plow.folder on folder.id = action.folder_id
     where asked.matched
  ),
  deed as (
    select filter_id, string_agg(told, ', ' order by seq) as told,
           jsonb_agg(jsonb_build_object(
             'id', id, 'type', array_position(enum_range(null::plow.action_type), type) - 1, 'value', value) order by seq) as list
      from done group by filter_id
  )
  select (select done.folder_id from done where latest = 1 and type = 'SET_FOLDER'),
         (select value::int from done where latest = 1 and type = 'SET_MIN_CORES'),
         (select value::int from done where latest = 1 and type = 'SET_MAX_CORES'),
         (select value::boolean from done where latest = 1 and type = 'PAUSE'),
         (select jsonb_agg(jsonb_build_object(
                   'filterId', id, 'filterName', name, 'matched', matched, 'actions', coalesce(deed.list, '[]'),
                   'why', coalesce(why, 'all of its matchers match: ' || coalesce(deed.told, 'it has no actions')))
                   order by sort_order)
            from asked left join deed on deed.filter_id = asked.id)
$$;
