-- Nodes that ping but do not answer when they are called; a row only while that is so.

-- since: of the first call in a row that failed. is_shut: nothing is booked there until it answers.
create table plow.uncallable (
  node_id uuid primary key references plow.node on delete cascade,
  since timestamptz not null,
  calls int not null check (calls > 0),
  why text not null,
  is_shut boolean not null
);

-- When the proc became KILLING, for those who ask what changed since.
alter table plow.proc add column stopping timestamptz;
