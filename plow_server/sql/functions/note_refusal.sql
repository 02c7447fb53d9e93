-- note_refusal(noun, object, arguments, why, code) returns void
-- A call that was refused: nothing of it is left but this row, written in a transaction of its own.
-- Changes: blame.
create or replace function plow.note_refusal(
  p_noun text, p_object uuid, p_arguments jsonb, p_why text, p_code int
) returns void language sql as $$
  insert into plow.blame (noun, object_id, job_id, new, reason, code)
  values (p_noun, p_object, case when p_noun = 'job' then p_object end,
          left(plow.masked(p_arguments)::text, 4000), left(p_why, 1000), p_code)
$$;
