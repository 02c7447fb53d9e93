-- watch_tables() returns void
-- Gives the tables that people configure or steer their triggers. The first name is the noun, the second the column
-- with the object's id, then the columns that the server itself keeps. Tables that dispatch changes have none: what
-- happens to tasks is told by commit_plan and move_tasks.
create or replace function plow.watch_tables() returns void language plpgsql as $$
declare
  v_watched constant text[] := array[
    'project project id', 'folder folder id sort_order', 'cluster cluster id', 'quota quota id', 'service service id',
    'filter filter id sort_order', 'matcher matcher id seq', 'action action id seq folder_id',
    'job job id active_name stopped stem predicted_end archived is_cleared',
    'layer layer id limits_ram has_own_pools predicted_ram predicted_cores predicted_clock_ms predicted_confidence'
    || ' predicted_samples predicted_basis ram_profile profile_first profile_step needed_ram',
    'node node id address pools exclusive_pools', 'output output id', 'pool pool id', 'limit limit id'];
  v_entry text[];
  v_table text;
begin
  for v_entry in select string_to_array(entry, ' ') from unnest(v_watched) as entry loop
    v_table := v_entry[1];
    execute format('create or replace trigger note_made after insert on plow.%I for each row %s'
                   ' execute function plow.note_made(%L)', v_table,
                   -- A launch of ten thousand layers is one entry, and should not ask ten thousand times.
                   case v_table when 'layer' then 'when (new.job_id <> all (plow.made_jobs()))' else '' end, v_entry[2]);
    execute format('create or replace trigger note_deleted after delete on plow.%I for each row'
                   ' execute function plow.note_made(%L)', v_table, v_entry[2]);
    execute format('create or replace trigger note_change after update on plow.%I for each row'
                   ' when (old is distinct from new) execute function plow.note_change(%s)', v_table,
                   (select string_agg(quote_literal(part), ', ' order by place)
                      from unnest(v_entry[2:]) with ordinality as argument (part, place)));
  end loop;
  create or replace trigger note_change after update of burst on plow.quota_counter for each row
    when (old.burst <> new.burst)
    execute function plow.note_change('quota', 'quota_id', 'run_cores', 'run_procs');
  -- A depend that its work satisfies is no news, and those that a restart makes hold again are part of the restart.
  create or replace trigger note_change after update of is_active, is_dropped on plow.depend for each row
    when (old.is_dropped <> new.is_dropped
          or new.is_active and not old.is_active and plow.deed() ->> 'call' = 'activateDepend')
    execute function plow.note_change('depend', 'id', 'satisfied');
  create or replace trigger note_made after insert on plow.depend referencing new table as made for each statement
    execute function plow.note_depends();
  create or replace trigger ring after insert on plow.event_outbox for each statement
    execute function plow.ring_event();
end
$$;
