-- How attempts run: settings of layers and services, ends that come of them, and what more a node tells of itself.

alter type plow.attempt_end add value 'RUN_TIME';
alter type plow.attempt_end add value 'SILENCE';
alter type plow.attempt_end add value 'LICENSE';
alter type plow.attempt_end add value 'ENVIRONMENT';
alter type plow.attempt_end add value 'LOG_ERROR';
alter type plow.attempt_end add value 'RECALLED';

-- run: the fields of a RunSettingsT by their names on the wire; null where nothing is set.
alter table plow.service
  add column run jsonb,
  add column kill_grace_s int constraint service_kill_grace check (kill_grace_s between 0 and 3600);

-- limits_ram: somebody asked for max_ram; otherwise it only bounds what Plow asks for by itself.
alter table plow.layer
  add column run jsonb,
  add column limits_ram boolean not null default false;

-- gpus, disks, metrics: as the node's last ping said; null where it says nothing of it. away_reason: why the node
-- takes nothing new, null while it does.
alter table plow.node_report
  add column os text,
  add column arch text,
  add column gpus jsonb,
  add column disks jsonb,
  add column users text[],
  add column metrics jsonb,
  add column away_reason text;

alter table plow.attempt
  add column command_index int,
  add column warnings int;
alter type plow.ended_attempt
  add attribute command_index int,
  add attribute warnings int;

-- Until when a layer starts nothing on a node (null: on any), because what its attempts met there is not theirs to
-- mend: no licence was free, or the wrapper failed. wait_s doubles while it goes on.
create table plow.retry_wait (
  layer_id uuid not null,
  node_id uuid,
  until timestamptz not null,
  wait_s int not null
);
create unique index retry_wait_unique
  on plow.retry_wait (layer_id, coalesce(node_id, '00000000-0000-0000-0000-000000000000'));
