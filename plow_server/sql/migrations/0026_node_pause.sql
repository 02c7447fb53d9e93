-- Why the leader plans nothing for a node for a moment: told for explain, decided in the leader's memory.
create table plow.node_pause (
  node_id uuid primary key references plow.node on delete cascade,
  until timestamptz not null,
  why text not null
);
