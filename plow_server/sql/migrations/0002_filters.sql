-- Filters: rules that a project applies to each job at launch, and what they did to a job.
--
-- Whoever changes the order of a project's filters locks the project's row; a launch shares that lock, so it sees
-- one list or the other.

create type plow.matcher_type as enum ('CONTAINS', 'NOT_CONTAINS', 'IS', 'IS_NOT', 'BEGINS_WITH', 'ENDS_WITH');
create type plow.matcher_field as enum ('JOB_NAME', 'USER', 'ATTR');
create type plow.action_type as enum ('SET_FOLDER', 'SET_MIN_CORES', 'SET_MAX_CORES', 'PAUSE', 'STOP_PROCESSING');

create table plow.filter (
  id uuid primary key default plow.new_id(),
  project_id uuid not null references plow.project on delete cascade,
  name text not null constraint filter_name_length check (length(name) between 1 and 255),
  sort_order int not null constraint filter_order check (sort_order >= 0),
  is_enabled boolean not null default true,
  constraint filter_order_unique unique (project_id, sort_order) deferrable
);

-- seq: the order in which they were made.
create table plow.matcher (
  id uuid primary key default plow.new_id(),
  seq bigint generated always as identity,
  filter_id uuid not null references plow.filter on delete cascade,
  type plow.matcher_type not null,
  field plow.matcher_field not null,
  value text not null constraint matcher_value check (length(value) <= 4096),
  attr text constraint matcher_attr_length check (length(attr) between 1 and 255),
  constraint matcher_attr check ((field = 'ATTR') = (attr is not null))
);
create index matcher_of_filter on plow.matcher (filter_id);

-- value: as checked_action leaves it. folder_id keeps a folder from being deleted while an action needs it; the
-- check waits for the commit, so that a project can go with its folders and filters in any order.
create table plow.action (
  id uuid primary key default plow.new_id(),
  seq bigint generated always as identity,
  filter_id uuid not null references plow.filter on delete cascade,
  type plow.action_type not null,
  value text,
  folder_id uuid generated always as (case when type = 'SET_FOLDER' then value::uuid end) stored
    constraint action_folder references plow.folder deferrable initially deferred,
  constraint action_value check (
    case type when 'SET_FOLDER' then value is not null
              when 'SET_MIN_CORES' then coalesce(value ~ '^[0-9]{1,9}$', false)
              when 'SET_MAX_CORES' then coalesce(value ~ '^(-1|[0-9]{1,9})$', false)
              when 'PAUSE' then coalesce(value in ('true', 'false'), false)
              else value is null end)
);
create index action_of_filter on plow.action (filter_id);
create index action_on_folder on plow.action (folder_id) where folder_id is not null;

-- What the filters did to a job: a list of FilterTraceT as JSON. One row however many filters there are; none where
-- the project had none.
create table plow.job_filter_trace (
  job_id uuid primary key references plow.job on delete cascade,
  trace jsonb not null
);
