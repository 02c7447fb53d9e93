-- job_of_row(noun, row) returns uuid, the job that an object is or belongs to; null for others
create or replace function plow.job_of_row(p_noun text, p_row jsonb) returns uuid language sql stable as $$
  select case
    when p_noun = 'job' then (p_row ->> 'id')::uuid
    when p_noun = 'output' then (select job_id from plow.layer where id = (p_row ->> 'layer_id')::uuid)
    when p_noun = 'depend' then (p_row ->> 'dependent_job_id')::uuid
    else (p_row ->> 'job_id')::uuid
  end
$$;
