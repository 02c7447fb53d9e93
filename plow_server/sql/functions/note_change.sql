-- note_change(noun, id column, columns …) is the trigger of a table's updates
-- A row of blame and an event for each column that changed; the columns named are the server's own and left out.
-- Changes: blame, event_outbox.
create or replace function plow.note_change() returns trigger language plpgsql as $$
declare
  v_old jsonb := to_jsonb(old);
  v_new jsonb := to_jsonb(new);
  v_object uuid := (v_new ->> tg_argv[1])::uuid;
  v_job uuid := plow.job_of_row(tg_argv[0], v_new);
begin
  with
  changed as (
    select place, key, plow.shown_value(key, v_old -> key) as was, plow.shown_value(key, v_new -> key) as now
      from jsonb_object_keys(v_new) with ordinality as field (key, place)
     where v_old -> key is distinct from v_new -> key and key <> all(tg_argv[2:])
  ),
  blamed as (
    insert into plow.blame (noun, object_id, job_id, field, old, new)
    select tg_argv[0], v_object, v_job, key, was, now from changed order by place
  )
  insert into plow.event_outbox (noun, object_id, job_id, change, old, new)
  select tg_argv[0], v_object, v_job, key, was, now from changed order by place;
  return null;
end
$$;
