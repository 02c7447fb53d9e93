-- stem_of(job name) returns text: the name without a version at its end, as the column plow.job.stem has it
create or replace function plow.stem_of(p_name text) returns text language sql immutable as $$
  select regexp_replace(p_name, '[._-][vV]?[0-9]+$', '')
$$;
