-- Fair shares with memory, and what earlier attempts say of the next.

-- used_core_s: core-seconds used, each worth half after the half-life, as of used_at (see used_now).
alter table plow.quota_counter
  add column used_core_s float8 not null default 0,
  add column used_at timestamptz not null default plow.now();

-- What a server's settings say of shares; the one that leads writes it.
create table plow.share_setting (
  only_row boolean primary key default true check (only_row),
  half_life_s float8 not null default 86400 check (half_life_s > 0)
);
insert into plow.share_setting default values;

-- What is to be learnt from attempts that ended: a row for each layer of a batch, written with their ends and drained
-- by learn_history, so that whoever ends them waits for no sums. Entry i of each array is about tasks[i], which
-- succeeded; booked and expected_ms are 0 where nothing was predicted.
create table plow.lesson (
  id bigint generated always as identity primary key,
  job_id uuid not null,
  layer_id uuid not null,
  tasks uuid[] not null,
  ram int[] not null,
  cores float8[] not null,
  clock_ms bigint[] not null,
  core_ms bigint[] not null,
  booked int[] not null,
  expected_ms bigint[] not null,
  killed int not null  -- attempts that had a prediction and died for want of memory
);

-- What attempts of one kind used. key: a level and what it names (history_keys). The samples hold the newest values,
-- ram and clock_ms their quantiles, ram_mid the median. A profile says how the tasks along the frames differ: entry i
-- is the memory of frames profile_first + (i - 1) * profile_step and on, over that of an average one; samples of a
-- kind with a profile are divided by it.
create table plow.past_use (
  key uuid primary key,
  n bigint not null default 0,
  jobs int not null default 0,
  ram_sample int[] not null default '{}',
  clock_sample bigint[] not null default '{}',
  ram int not null default 0,
  ram_mid int not null default 0,
  ram_high int not null default 0,
  clock_ms bigint not null default 0,
  cores_avg float8 not null default 0,
  core_ms_avg float8 not null default 0,
  profile real[],
  profile_first int,
  profile_step int,
  updated timestamptz not null default plow.now()
) with (fillfactor = 50);
create index past_use_updated on plow.past_use (updated);

-- What a server's settings say of predictions.
create table plow.prediction_setting (
  only_row boolean primary key default true check (only_row),
  ram_quantile float8 not null default 0.95 check (ram_quantile between 0.5 and 1),
  ram_margin float8 not null default 0.08 check (ram_margin >= 0)
);
insert into plow.prediction_setting default values;

-- What will be booked for a layer's next attempts, and what it rests on; null ram: too
-- little is known to book by it. predicted_ram is that of its largest task; ram_profile has the others' part of it (see past_use).
-- needed_ram: what the largest of its tasks needs that died for want of memory and are not done.
alter table plow.layer
  add column predicted_ram int,
  add column predicted_cores float8,
  add column predicted_clock_ms bigint,
  add column predicted_confidence float8 not null default 0,
  add column predicted_samples int not null default 0,
  add column predicted_basis text not null default '',
  add column ram_profile real[],
  add column profile_first int,
  add column profile_step int,
  add column needed_ram int;
alter table plow.task add column needed_ram int;
create index task_needing_ram on plow.task (layer_id) where needed_ram is not null;

-- How good predictions were, by service and day; of attempts that had one. The ratios are those of the newest.
create table plow.prediction_quality (
  service text not null,
  day date not null,
  attempts int not null default 0,
  within_ram int not null default 0,  -- booked between 75 % and 125 % of the used
  killed_for_memory int not null default 0,
  ram_ratios real[] not null default '{}',  -- used over booked
  clock_ratios real[] not null default '{}',  -- taken over predicted
  primary key (service, day)
) with (fillfactor = 50);

-- predicted_end: when it will be done, as far as is known; null = nothing known.
-- archived: since then its tasks and depends are gone, or going; is_cleared: they are gone.
alter table plow.job
  add column predicted_end timestamptz,
  add column archived timestamptz,
  add column is_cleared boolean not null default false;
create index job_to_archive on plow.job (stopped) where state = 'FINISHED' and not is_cleared;
