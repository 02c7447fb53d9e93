-- Room under caps that is kept for a large task, as nodes are.

-- Cores under the caps of a layer's quota, folder and job that its project's other work leaves free, until its next task
-- has started. One for a project: two could keep from each other what both wait for.
create table plow.headroom (
  project_id uuid primary key,
  quota_id uuid not null,
  job_id uuid not null,
  layer_id uuid not null,
  cores int not null check (cores > 0),
  kept_until timestamptz not null,
  made timestamptz not null default plow.now()
);
