-- Where a task may run, beside tags, cores and memory: pools, machines, devices, limits, places to stay away from;
-- what a node is kept for.

-- pools: nodes by name ------------------------------------------------------------------------------------

create table plow.pool (
  id uuid primary key default plow.new_id(),
  name text not null constraint pool_name_length check (length(name) between 1 and 128),
  is_exclusive boolean not null default false
);
create unique index pool_name_unique on plow.pool (lower(name));

-- host: in lower case; a bare name also stands for the first label of a full one.
create table plow.pool_host (
  pool_id uuid not null references plow.pool on delete cascade,
  host text not null constraint pool_host_length check (length(host) between 1 and 255) check (host = lower(host)),
  primary key (pool_id, host)
);
create index pool_of_host on plow.pool_host (host);

-- What the names in pool_host say of each node, kept in the transaction that changes either (match_pools), so that a
-- booking looks at one row. exclusive_pools: those of pools that are exclusive.
alter table plow.node
  add column pools uuid[] not null default '{}',
  add column exclusive_pools uuid[] not null default '{}',
  add column state_reason text not null default '';  -- why it is in REPAIR, where the farm did that

-- what work needs -------------------------------------------------------------------------------------------

-- pools: of layers that name none themselves. A job or layer that names a pool keeps it from being deleted: whoever
-- names or deletes one locks the row of plow.pool.
alter table plow.job
  add column pools uuid[] not null default '{}',
  add column pause_reason text not null default '';  -- why the farm paused it

-- pools: its own, or its job's where it has none (kept by set_job_pools). limits likewise by row of plow.limit.
-- node_cores, node_ram: of the whole machine. gpu_ram: MB of each device. fit_ram: history may lower what is booked.
-- retry_exits: null is any. task_order: 0 as given, 1 first, middle, last first, 2 every n-th first.
alter table plow.layer
  add column pools uuid[] not null default '{}',
  add column has_own_pools boolean not null default false,
  add column os text not null default '',
  add column node_cores int not null default 0 constraint layer_node_cores check (node_cores >= 0),
  add column node_ram int not null default 0 constraint layer_node_ram check (node_ram >= 0),
  add column whole_node boolean not null default false,
  add column gpus int not null default 0 constraint layer_gpus check (gpus between 0 and 64),
  add column gpu_ram int not null default 0 constraint layer_gpu_ram check (gpu_ram >= 0),
  add column limits uuid[] not null default '{}',
  add column max_per_node int not null default 0 constraint layer_max_per_node check (max_per_node >= 0),
  add column fit_ram boolean not null default false,
  add column retry_exits int[],
  add column retry_delay_s int not null default 0 constraint layer_retry_delay check (retry_delay_s between 0 and 86400),
  add column retry_most_s int not null default 3600 constraint layer_retry_most check (retry_most_s between 0 and 604800);

-- Who names a pool or a limit that is to be deleted.
create index job_pools on plow.job using gin (pools) where pools <> '{}';
create index layer_pools on plow.layer using gin (pools) where pools <> '{}';
create index layer_limits on plow.layer using gin (limits) where limits <> '{}';

-- The same of a service; null columns are not preset.
alter table plow.service
  add column needs jsonb,
  add column retry_rules jsonb;

-- devices -----------------------------------------------------------------------------------------------------

-- A device and the proc that has it. Whoever changes it holds the node's counter row.
create table plow.node_gpu (
  node_id uuid not null references plow.node on delete cascade,
  index int not null check (index >= 0),
  model text not null default '',
  memory int not null default 0 check (memory >= 0),
  uuid text not null default '',
  is_present boolean not null default true,  -- the last ping told of it
  proc_id uuid,
  primary key (node_id, index)
) with (fillfactor = 50);

alter table plow.proc
  add column gpus int[] not null default '{}',
  add column predicted_ram int,
  add column predicted_clock_ms bigint;
alter table plow.attempt
  add column gpus int[] not null default '{}',
  add column predicted_ram int,
  add column predicted_clock_ms bigint,
  add column fingerprint text,
  add column failure_line text;
create index attempt_fingerprint on plow.attempt (job_id, fingerprint) where fingerprint is not null;

-- limits: counts of something scarce ----------------------------------------------------------------------------

create type plow.limit_per as enum ('TASK', 'NODE', 'USER');
create table plow.limit (
  id uuid primary key default plow.new_id(),
  name text not null constraint limit_name_unique unique
    constraint limit_name_length check (length(name) between 1 and 128),
  per plow.limit_per not null default 'TASK',
  total int not null constraint limit_total check (total >= 0),
  held_back int not null default 0 constraint limit_held_back check (held_back >= 0)
);

-- used may be above total - held_back only because one of these was changed. not_before: its users found none free.
-- Locked after the node counters.
create table plow.limit_counter (
  limit_id uuid primary key references plow.limit on delete cascade,
  used int not null default 0 check (used >= 0),
  not_before timestamptz,
  shortages int not null default 0,  -- in a row; the wait doubles with each
  reason text not null default ''
) with (fillfactor = 50);

-- Of limits per NODE or USER: who uses one, with how many procs. Goes with the last of them.
create table plow.limit_use (
  limit_id uuid not null references plow.limit on delete cascade,
  holder text not null,  -- the node's id or the user's name
  procs int not null check (procs > 0),
  primary key (limit_id, holder)
) with (fillfactor = 50);

-- staying away, and being kept ---------------------------------------------------------------------------------

-- How often a job failed on a node; from the third time on it stays away until then.
create table plow.avoid (
  job_id uuid not null references plow.job on delete cascade,
  node_id uuid not null references plow.node on delete cascade,
  failures int not null default 0,
  until timestamptz,  -- null: not yet
  reason text not null default '',
  updated timestamptz not null default plow.now(),
  primary key (job_id, node_id)
);
create index avoid_of_node on plow.avoid (node_id);

-- A node kept for one task of a layer that found no room: from starts on there is room. Others may start only what is
-- over by then. kept_until: then it is given up.
create table plow.reservation (
  node_id uuid primary key references plow.node on delete cascade,
  job_id uuid not null,
  layer_id uuid not null,
  cores int not null,
  ram int not null,
  gpus int not null default 0,
  starts timestamptz not null,
  kept_until timestamptz not null,
  made timestamptz not null default plow.now()
);
create index reservation_of_layer on plow.reservation (layer_id);

-- limits: those it uses, as booked; the layer may name others by the time it ends.
alter table plow.proc
  add column limits uuid[] not null default '{}';

-- A task of a plan that asks for something scarce; rank: its place in line.
create type plow.scarce_unit as (
  rank bigint, layer_id uuid, node_id uuid, username text, limits uuid[], gpus int, gpu_ram int, max_per_node int
);

-- What commit_plan booked.
create type plow.booked_proc as (
  proc_id uuid, task_id uuid, layer_id uuid, job_id uuid, folder_id uuid, quota_id uuid, node_id uuid,
  cores int, ram int, gpus int[], limits uuid[]
);

-- What an ended attempt had, for its history and for whoever plans.
alter type plow.ended_attempt
  add attribute gpus int[],
  add attribute limits uuid[],
  add attribute predicted_ram int,
  add attribute predicted_clock_ms bigint,
  add attribute failure_line text;

-- reason: what its attempts met, in a sentence.
alter table plow.retry_wait add column reason text not null default '';
