-- note(noun, object, job, field, old, new) returns void
-- Blame and event of a change that no row trigger sees, in the change's own transaction.
-- Changes: blame, event_outbox.
create or replace function plow.note(
  p_noun text, p_object uuid, p_job uuid, p_field text, p_old text, p_new text
) returns void language plpgsql as $$
begin
  insert into plow.blame (noun, object_id, job_id, field, old, new)
  values (p_noun, p_object, p_job, p_field, p_old, p_new);
  insert into plow.event_outbox (noun, object_id, job_id, change, old, new)
  values (p_noun, p_object, p_job, p_field, p_old, p_new);
end
$$;
