-- Events: what changed, in order, each exactly once.
--
-- A change writes to event_outbox in its own transaction. number_events moves what has been committed to event and
-- gives it numbers without gaps, one caller at a time. So a number is never given before the change is visible, and
-- a reader that has seen number n will never meet a smaller one again.

-- tasks: the same step of many tasks of one layer is one row; object_id is the layer then, and a reader sees an
-- event for each task.
create table plow.event_outbox (
  id bigint generated always as identity primary key,
  time timestamptz not null default plow.now(),
  noun text not null,
  object_id uuid not null,
  job_id uuid,
  change text not null,
  old text,
  new text,
  tasks uuid[]
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_analyze_scale_factor = 1, autovacuum_analyze_threshold = 10000);

-- A row stands for the numbers first to last.
create table plow.event (
  last bigint primary key,
  first bigint not null check (first <= last),
  time timestamptz not null,
  noun text not null,
  object_id uuid not null,
  job_id uuid,
  change text not null,
  old text,
  new text,
  tasks uuid[]
);

-- last: the newest number given. cleared: the newest number that is no longer kept.
create table plow.event_counter (
  only_row boolean primary key default true check (only_row),
  last bigint not null default 0,
  cleared bigint not null default 0 check (cleared <= last)
);
insert into plow.event_counter default values;
