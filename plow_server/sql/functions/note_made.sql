-- note_made(noun) is the trigger of a table's new and deleted rows
-- A row of blame and an event. What is launched with a job has none of its own (made_jobs): the job's stands for it.
-- A deleted row is kept whole, with its secrets masked.
-- Changes: blame, event_outbox.
create or replace function plow.note_made() returns trigger language plpgsql as $$
declare
  v_noun text := tg_argv[0];
  v_made boolean := tg_op = 'INSERT';
  v_row jsonb := case when tg_op = 'INSERT' then to_jsonb(new) else to_jsonb(old) end;
  v_object uuid := (v_row ->> 'id')::uuid;
  v_job uuid := plow.job_of_row(v_noun, v_row);
  v_name text := plow.shown_name(v_noun, v_row);
begin
  if v_made and v_noun = 'job' then
    perform set_config('plow.made_jobs', array_to_string(plow.made_jobs() || v_object, ' '), true);
  end if;
  insert into plow.blame (noun, object_id, job_id, old, new)
  values (v_noun, v_object, v_job, case when not v_made then plow.masked(v_row)::text end,
          case when v_made then v_name end);
  insert into plow.event_outbox (noun, object_id, job_id, change, old, new)
  values (v_noun, v_object, v_job, case when v_made then 'made' else 'deleted' end,
          case when not v_made then v_name end, case when v_made then v_name end);
  return null;
end
$$;
