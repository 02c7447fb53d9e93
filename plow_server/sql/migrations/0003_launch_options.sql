-- What a launch may ask for besides its work: to be made once, to come first, to start later, to end gently.

-- stem: the name without a version at its end (sc020_light_v003, sc020_light.12 → sc020_light): jobs of one stem
-- are earlier versions of each other, and say what the next will need.
alter table plow.job
  add column request_id uuid constraint job_request_unique unique,
  add column priority int not null default 0 constraint job_priority check (priority between -1000 and 1000),
  add column start_after timestamptz,
  add column stem text not null generated always as (regexp_replace(name, '[._-][vV]?[0-9]+$', '')) stored;
create index job_of_stem on plow.job (project_id, stem, created);
create index job_of_project on plow.job (project_id, created);

-- kill_grace_s: null is the server's.
alter table plow.layer
  add column priority int not null default 0 constraint layer_priority check (priority between -1000 and 1000),
  add column kill_grace_s int constraint layer_kill_grace check (kill_grace_s between 0 and 3600);
