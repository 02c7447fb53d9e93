-- A job's life after its launch: it ends by somebody, is restarted, grows; its layers are edited; a node is rebooted.

-- end_reason and ended_by: only where somebody ended it. restarts: how often it was begun again under its id.
alter table plow.job
  add column ended_by text,
  add column restarts int not null default 0;

-- version: of command and env, 1 as launched. plow.layer_version has every version once there is a second.
alter table plow.layer
  add column version int not null default 1;

create table plow.layer_version (
  layer_id uuid not null references plow.layer on delete cascade,
  version int not null,
  created timestamptz not null default plow.now(),
  actor text not null,
  command text[] not null,
  env jsonb not null,
  reason text not null,
  primary key (layer_id, version)
);

-- is_by_frame: one of the rows of a TASK_BY_TASK depend; frames that are added to one of its layers get theirs.
-- is_dropped: satisfied by hand; a restart of the job leaves it so.
alter table plow.depend
  add column is_by_frame boolean not null default false,
  add column is_dropped boolean not null default false;

-- is_rebooting: a reboot was asked for; the node takes nothing until it has booted anew, or given it up.
alter table plow.node
  add column is_rebooting boolean not null default false;

-- For lists of attempts, newest first. Layers and tasks have their own ways: a layer's are among its job's.
create index attempt_of_job on plow.attempt (job_id, stopped);
create index attempt_on_node on plow.attempt (node, stopped);
