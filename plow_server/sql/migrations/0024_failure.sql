-- What the farm makes of failures: which belong together, who stays away from whom, what waits for its next attempt.

-- What a server's settings say of failures; the one that leads writes it. 0 turns a rule off.
create table plow.failure_setting (
  only_row boolean primary key default true check (only_row),
  avoid_after int not null default 3,
  avoid_first_s float8 not null default 600,
  avoid_most_s float8 not null default 86400,
  node_failures int not null default 5,
  node_jobs int not null default 3,
  nodes_most_percent int not null default 25,
  job_failures int not null default 10,
  job_nodes int not null default 5,
  poison_nodes int not null default 3,
  final_ends plow.attempt_end[] not null default '{}'
);
insert into plow.failure_setting default values;

-- fingerprint: the same for failures with the same last words; null for what did not fail.
alter type plow.ended_attempt add attribute fingerprint text;
-- Failures of a job, and those on a node, the newest first.
drop index plow.attempt_fingerprint;
create index attempt_failed_of_job on plow.attempt (job_id, stopped) where fingerprint is not null;
create index attempt_failed_on_node on plow.attempt (node, stopped) where fingerprint is not null;

-- Tasks that wait for the time of their next attempt: WAITING or DEPEND, and without a row in plow.waiting until then.
create table plow.later (
  task_id uuid primary key,
  layer_id uuid not null,
  job_id uuid not null,
  until timestamptz not null
);
create index later_until on plow.later (until);
create index later_of_job on plow.later (job_id);
create index later_of_layer on plow.later (layer_id);

-- Failures since the last success: on a node, of these jobs; of a job, on these nodes. A success deletes the row.
create table plow.node_streak (
  node_id uuid primary key references plow.node on delete cascade,
  failures int not null,
  jobs uuid[] not null
) with (fillfactor = 50);
create table plow.job_streak (
  job_id uuid primary key references plow.job on delete cascade,
  failures int not null,
  nodes uuid[] not null
) with (fillfactor = 50);

-- Nodes that were lost under a task since somebody last queued it.
create table plow.task_loss (
  task_id uuid not null,
  node_id uuid not null,
  job_id uuid not null,
  primary key (task_id, node_id)
);
create index task_loss_of_job on plow.task_loss (job_id);
