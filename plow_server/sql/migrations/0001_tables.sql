-- The farm's tables. Narrow, by use: what people configure, what dispatch changes (*_counter, task, waiting,
-- proc), what nodes report (node_report, proc_use), what history keeps (attempt).
--
-- Locks. Whoever changes a counter, or anything that commit_plan decides on, first locks the counter rows of
-- quota, folder, job, layer and node, in this order, each by id ascending, each in its own statement; only
-- then it reads what it decides on. Locking the counter row of an object is locking the object.
--
-- The hot tables have no foreign keys and no index on state or time: a key check locks its parent row, and
-- an index on state would make each update of a task a new index entry. plow.audit() recounts instead.

create type plow.job_state as enum ('INITIALIZE', 'RUNNING', 'FINISHED', 'POST');
create type plow.task_state as enum ('INITIALIZE', 'WAITING', 'RUNNING', 'DEAD', 'EATEN', 'DEPEND', 'SUCCEEDED');
create type plow.node_state as enum ('UP', 'DOWN', 'REPAIR');
create type plow.slot_mode as enum ('DYNAMIC', 'SINGLE', 'SLOTS');
create type plow.depend_type as enum
  ('JOB_ON_JOB', 'LAYER_ON_LAYER', 'LAYER_ON_TASK', 'TASK_ON_LAYER', 'TASK_ON_TASK', 'TASK_BY_TASK');
create type plow.attempt_end as enum
  ('EXITED', 'KILLED', 'LOST', 'NOT_STARTED', 'SHUTDOWN', 'MEMORY', 'NODE_LOST', 'ABORTED');
create type plow.proc_state as enum ('BOOKED', 'RUNNING', 'KILLING');

-- All time in SQL comes from here, so that a test can set the clock: set plow.now = '2030-01-01'.
create function plow.now() returns timestamptz language sql volatile as $$
  select coalesce(nullif(current_setting('plow.now', true), '')::timestamptz, clock_timestamp())
$$;

-- UUID version 7 (RFC 9562): 48 bits of milliseconds, then random bits; new rows land at the end of an index.
create function plow.new_id() returns uuid language sql volatile as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
              placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
              from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

-- what people configure ---------------------------------------------------------------------------------

create table plow.project (
  id uuid primary key default plow.new_id(),
  code text not null constraint project_code_unique unique
    constraint project_code_length check (length(code) between 1 and 16),
  title text not null constraint project_title_length check (length(title) between 1 and 255),
  is_active boolean not null default true,
  default_folder_id uuid
);

create table plow.folder (
  id uuid primary key default plow.new_id(),
  project_id uuid not null references plow.project,
  name text not null constraint folder_name_length check (length(name) between 1 and 128),
  sort_order int not null default 0,
  min_cores int not null default 0 constraint folder_min_cores check (min_cores >= 0),
  max_cores int not null default -1 constraint folder_max_cores check (max_cores >= -1),
  constraint folder_name_unique unique (project_id, name)
);
alter table plow.project add constraint project_default_folder
  foreign key (default_folder_id) references plow.folder deferrable initially deferred;

create table plow.folder_counter (
  folder_id uuid primary key references plow.folder on delete cascade,
  run_cores int not null default 0 check (run_cores >= 0),
  run_procs int not null default 0 check (run_procs >= 0)
) with (fillfactor = 50);

create table plow.cluster (
  id uuid primary key default plow.new_id(),
  name text not null constraint cluster_name_unique unique
    constraint cluster_name_length check (length(name) between 1 and 128),
  tags text[] not null,
  is_locked boolean not null default false,
  is_default boolean not null default false
);
create unique index cluster_one_default on plow.cluster (is_default) where is_default;

create table plow.quota (
  id uuid primary key default plow.new_id(),
  project_id uuid not null references plow.project,
  cluster_id uuid not null references plow.cluster,
  size int not null constraint quota_size check (size >= 0),
  is_locked boolean not null default false,
  constraint quota_unique unique (project_id, cluster_id)
);

create table plow.quota_counter (
  quota_id uuid primary key references plow.quota on delete cascade,
  burst int not null constraint quota_burst_positive check (burst >= 0),
  run_cores int not null default 0 check (run_cores >= 0),
  run_procs int not null default 0 check (run_procs >= 0),
  constraint quota_burst check (run_cores <= burst)
) with (fillfactor = 50);

-- A null column is not preset.
create table plow.service (
  id uuid primary key default plow.new_id(),
  name text not null constraint service_name_unique unique
    constraint service_name_length check (length(name) between 1 and 255),
  tags text[],
  min_cores int constraint service_min_cores check (min_cores >= 1),
  max_cores int constraint service_max_cores check (max_cores >= 1),
  min_ram int constraint service_min_ram check (min_ram >= 1),
  max_ram int constraint service_max_ram check (max_ram >= 1),
  max_retries int constraint service_max_retries check (max_retries >= 0),
  threadable boolean
);

-- jobs --------------------------------------------------------------------------------------------------

create table plow.job (
  id uuid primary key default plow.new_id(),
  project_id uuid not null references plow.project,
  folder_id uuid not null constraint job_folder references plow.folder,
  name text not null constraint job_name_length check (length(name) between 1 and 255),
  active_name text constraint job_name_unique unique,  -- null once finished: the name is free again
  username text not null,
  uid int not null default 0,
  state plow.job_state not null default 'INITIALIZE',
  paused boolean not null default false,
  is_post boolean not null default false,
  min_cores int not null default 0 constraint job_min_cores check (min_cores >= 0),
  max_cores int not null default 200 constraint job_max_cores check (max_cores >= -1),
  log_path text not null,
  attrs jsonb not null default '{}',
  env jsonb not null default '{}',
  created timestamptz not null default plow.now(),
  stopped timestamptz,
  end_reason text,
  constraint job_finished check ((state = 'FINISHED') = (active_name is null) and (state = 'FINISHED') = (stopped is not null))
);
create index job_living on plow.job (project_id, folder_id) where state <> 'FINISHED';
create index job_folder on plow.job (folder_id);
create index job_created on plow.job (created);

create table plow.job_spec (
  job_id uuid primary key references plow.job on delete cascade,
  spec jsonb not null
);

-- A post job waits in state POST for its first job to leave RUNNING.
create table plow.job_post (
  job_id uuid primary key references plow.job on delete cascade,
  post_job_id uuid not null unique references plow.job on delete cascade
);

create table plow.job_counter (
  job_id uuid primary key references plow.job on delete cascade,
  total int not null default 0,
  waiting int not null default 0 check (waiting >= 0),
  running int not null default 0 check (running >= 0),
  dead int not null default 0 check (dead >= 0),
  eaten int not null default 0 check (eaten >= 0),
  depend int not null default 0 check (depend >= 0),
  succeeded int not null default 0 check (succeeded >= 0),
  run_cores int not null default 0 check (run_cores >= 0),
  run_procs int not null default 0 check (run_procs >= 0),
  check (waiting + running + dead + eaten + depend + succeeded = total)
) with (fillfactor = 50);

create table plow.layer (
  id uuid primary key default plow.new_id(),
  job_id uuid not null references plow.job on delete cascade,
  name text not null constraint layer_name_length check (length(name) between 1 and 255),
  sort_order int not null,
  range text,  -- null: a layer of explicit tasks
  chunk int not null constraint layer_chunk check (chunk > 0),
  command text[] not null constraint layer_command check (cardinality(command) > 0),
  env jsonb not null default '{}',
  service text not null,
  tags text[] not null,
  min_cores int not null constraint layer_min_cores check (min_cores between 1 and 32767),
  max_cores int not null constraint layer_max_cores check (max_cores between 1 and 32767),
  min_ram int not null constraint layer_min_ram check (min_ram > 0),
  max_ram int not null constraint layer_max_ram check (max_ram > 0),
  max_retries int not null constraint layer_max_retries check (max_retries >= 0),
  threadable boolean not null,
  constraint layer_name_unique unique (job_id, name)
);

-- ready: rows in plow.waiting; a waiting task whose killed process still lives is not ready yet.
-- next_ord: no ready task has a smaller ord. It keeps the pick fast while old row versions pile up.
create table plow.layer_counter (
  layer_id uuid primary key references plow.layer on delete cascade,
  total int not null default 0,
  waiting int not null default 0 check (waiting >= 0),
  running int not null default 0 check (running >= 0),
  dead int not null default 0 check (dead >= 0),
  eaten int not null default 0 check (eaten >= 0),
  depend int not null default 0 check (depend >= 0),
  succeeded int not null default 0 check (succeeded >= 0),
  ready int not null default 0 check (ready between 0 and waiting),
  next_ord int not null default 0,
  run_cores int not null default 0 check (run_cores >= 0),
  run_procs int not null default 0 check (run_procs >= 0),
  check (waiting + running + dead + eaten + depend + succeeded = total)
) with (fillfactor = 50);

-- Sums over attempts. n, avg and m2 (sum of squared differences from the average, Welford 1962) are over
-- successful ones and give averages and sample deviations. Times are milliseconds, ram is MB.
create table plow.layer_stat (
  layer_id uuid primary key references plow.layer on delete cascade,
  n int not null default 0,
  ram_high int not null default 0, ram_avg float8 not null default 0, ram_m2 float8 not null default 0,
  cores_high float8 not null default 0, cores_avg float8 not null default 0, cores_m2 float8 not null default 0,
  core_time_high bigint not null default 0, core_time_low bigint, core_time_avg float8 not null default 0,
  core_time_m2 float8 not null default 0, core_time_success bigint not null default 0, core_time_fail bigint not null default 0,
  clock_time_high bigint not null default 0, clock_time_low bigint, clock_time_avg float8 not null default 0,
  clock_time_m2 float8 not null default 0, clock_time_success bigint not null default 0, clock_time_fail bigint not null default 0
) with (fillfactor = 50);

create table plow.job_stat (
  job_id uuid primary key references plow.job on delete cascade,
  ram_high int not null default 0,
  cores_high float8 not null default 0,
  core_time_high bigint not null default 0,
  clock_time_high bigint not null default 0,
  core_time_success bigint not null default 0,
  core_time_fail bigint not null default 0
) with (fillfactor = 50);

-- retries: number of the newest attempt, -1 before the first. failures: what counts against max_retries;
-- a retry by hand sets it to 0. losses: attempts lost with their node.
-- The rest of the row is what the newest attempt left behind.
create table plow.task (
  id uuid primary key,
  layer_id uuid not null,
  job_id uuid not null,
  name text not null constraint task_name_length check (length(name) between 1 and 255),
  number int not null default 0,
  frames text,  -- the task's frames as a range; null: just `number`, or a task without frames (its layer has no range)
  ord int not null,
  state plow.task_state not null,
  depend_count int not null default 0 check (depend_count >= 0),
  retries int not null default -1,
  failures int not null default 0,
  losses int not null default 0,
  min_ram int not null,
  started timestamptz,
  stopped timestamptz,
  updated timestamptz not null default plow.now(),
  exit_status int,
  exit_signal int,
  last_node text,
  last_cores int,
  last_ram int,
  high_ram int not null default 0,
  high_cores float8 not null default 0,
  constraint task_name_unique unique (job_id, name),
  check (state <> 'WAITING' or depend_count = 0)
) with (fillfactor = 80);
create unique index task_layer on plow.task (layer_id, ord);

-- Work that may be booked now: state WAITING, job not finished, no proc of an earlier attempt left.
create table plow.waiting (
  layer_id uuid not null,
  ord int not null,
  task_id uuid not null,
  primary key (layer_id, ord)
) with (fillfactor = 80);

create table plow.output (
  id uuid primary key default plow.new_id(),
  layer_id uuid not null references plow.layer on delete cascade,
  path text not null,
  attrs jsonb not null default '{}'
);
create index output_layer on plow.output (layer_id);

-- A satisfied depend keeps its row. Task and layer depends may cross jobs.
create table plow.depend (
  id uuid primary key default plow.new_id(),
  type plow.depend_type not null constraint depend_stored_type check (type <> 'TASK_BY_TASK'),
  is_active boolean not null default true,
  created timestamptz not null default plow.now(),
  satisfied timestamptz,
  dependent_job_id uuid not null,
  dependent_layer_id uuid,
  dependent_task_id uuid,
  on_job_id uuid not null,
  on_layer_id uuid,
  on_task_id uuid,
  -- A task's depends name its layer too: whoever waits for a layer has a layer and no task.
  check (dependent_task_id is null or dependent_layer_id is not null),
  check (on_task_id is null or on_layer_id is not null),
  check (is_active = (satisfied is null))
);
create unique index depend_unique on plow.depend (
  type, dependent_job_id, on_job_id,
  coalesce(dependent_task_id, dependent_layer_id, dependent_job_id), coalesce(on_task_id, on_layer_id, on_job_id)
) where is_active;
create index depend_on_task on plow.depend (on_task_id) where on_task_id is not null;
create index depend_on_layer on plow.depend (on_layer_id) where on_layer_id is not null;
create index depend_on_job on plow.depend (on_job_id);
create index depend_dependent_task on plow.depend (dependent_task_id) where dependent_task_id is not null;
create index depend_dependent_layer on plow.depend (dependent_layer_id) where dependent_layer_id is not null;
create index depend_dependent_job on plow.depend (dependent_job_id);
-- Few depends lead to another job; a job may have a hundred thousand of its own, which nobody should read to find them.
create index depend_on_other_job on plow.depend (dependent_job_id) where is_active and on_job_id <> dependent_job_id;

-- Finished work whose dependents are still to be released; written with the finish, drained by release_dependents.
create table plow.depend_queue (
  id bigint generated always as identity primary key,
  on_job_id uuid,
  on_layer_id uuid,
  on_task_id uuid,
  check (num_nonnulls(on_job_id, on_layer_id, on_task_id) = 1)
);

-- nodes -------------------------------------------------------------------------------------------------

create table plow.node (
  id uuid primary key default plow.new_id(),
  cluster_id uuid not null constraint node_cluster references plow.cluster,
  name text not null constraint node_name_unique unique
    constraint node_name_length check (length(name) between 1 and 255),
  address text not null,  -- host:port where it is called
  tags text[] not null,
  state plow.node_state not null default 'UP',
  is_locked boolean not null default false,
  slot_mode plow.slot_mode not null default 'DYNAMIC',
  slot_cores int not null default 0,
  slot_ram int not null default 0,
  created timestamptz not null default plow.now()
);
create index node_in_cluster on plow.node (cluster_id);

-- cores and ram are what a node gives to tasks. A node that shrinks below what its procs hold keeps that much
-- until they end.
create table plow.node_counter (
  node_id uuid primary key references plow.node on delete cascade,
  cores int not null check (cores >= 0),
  ram int not null check (ram >= 0),
  idle_cores int not null check (idle_cores between 0 and cores),
  idle_ram int not null check (idle_ram between 0 and ram),
  run_procs int not null default 0 check (run_procs >= 0)
) with (fillfactor = 50);

create table plow.node_report (
  node_id uuid primary key references plow.node on delete cascade,
  updated timestamptz not null,
  ip text not null default '',
  boot_time timestamptz,
  boot_id text,
  daemon_id uuid,
  sequence bigint not null default 0,
  version text,
  is_draining boolean not null default false,
  is_reboot boolean not null default false,
  physical_cores int not null default 0,
  logical_cores int not null default 0,
  total_ram int not null default 0,
  free_ram int not null default 0,
  total_swap int not null default 0,
  free_swap int not null default 0,
  cpu_model text not null default '',
  platform text not null default '',
  load float8[] not null default '{0,0,0}'
) with (fillfactor = 50);

-- One row per start of a task, while the node holds it. id is the attempt's id.
-- KILLING: its task has already moved on; the cores stay taken, and the task is not booked again, until the
-- node says that the process is gone.
create table plow.proc (
  id uuid primary key,
  task_id uuid not null constraint proc_one_per_task unique,
  layer_id uuid not null,
  job_id uuid not null,
  quota_id uuid not null,
  node_id uuid not null,
  cores int not null check (cores > 0),
  ram int not null check (ram >= 0),
  state plow.proc_state not null default 'BOOKED',
  attempt int not null,
  created timestamptz not null default plow.now(),
  confirmed timestamptz,
  kill_signal int,
  kill_reason text,
  check ((state = 'KILLING') = (kill_signal is not null))
) with (fillfactor = 50);
create index proc_on_node on plow.proc (node_id);

-- What the node last measured of a proc.
create table plow.proc_use (
  proc_id uuid primary key,
  updated timestamptz not null,
  rss int not null default 0,
  high_rss int not null default 0,
  cores float8 not null default 0,
  high_cores float8 not null default 0,
  progress int not null default 0 check (progress between 0 and 100),
  last_log text not null default '',
  io bigint[] not null default '{0,0,0,0}'
) with (fillfactor = 50);

-- history -----------------------------------------------------------------------------------------------

-- Ended attempts, a partition a month; the default partition takes what has none yet.
create table plow.attempt (
  id uuid not null,
  task_id uuid not null,
  layer_id uuid not null,
  job_id uuid not null,
  number int not null,
  node text not null,
  cores int not null,
  ram int not null,
  started timestamptz not null,
  stopped timestamptz not null,
  exit_status int not null,
  exit_signal int not null,
  end_reason plow.attempt_end not null,
  reason text not null default '',
  high_ram int not null default 0,
  high_cores float8 not null default 0,
  clock_ms bigint not null default 0,
  cpu_ms bigint not null default 0,
  log_path text not null default '',
  primary key (id, stopped)
) partition by range (stopped);
create table plow.attempt_default partition of plow.attempt default;
create index attempt_of_task on plow.attempt (task_id);

-- What take_ended hands on to the other parts of complete_tasks.
create type plow.ended_attempt as (
  proc_id uuid, task_id uuid, layer_id uuid, job_id uuid, folder_id uuid, quota_id uuid, node_id uuid,
  cores int, ram int, attempt int, next_state plow.task_state, verdict text, end_reason plow.attempt_end,
  reason text, status int, signal int, high_ram int, high_cores float8, clock_ms bigint, cpu_ms bigint,
  started timestamptz, stopped timestamptz, log_path text
);

-- How long the servers have been able to hear nodes without a gap; a node is only judged by silence in it.
create table plow.listening (
  one boolean primary key default true check (one),
  since timestamptz not null,
  until timestamptz not null
);
