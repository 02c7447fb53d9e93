-- Blame: who changed what, when, through which call, from what to what, and why. One row for each field that
-- changed, one for each refused call; written in the change's own transaction, never changed afterwards.

-- What the server does for somebody it says first, for the length of the transaction:
--   select set_config('plow.deed', '{"actor": …, "is_proven": …, "client": …, "call": …, "reason": …}', true)
-- Nothing said: the server acts by itself.
create function plow.deed() returns jsonb language sql stable as $$
  select nullif(current_setting('plow.deed', true), '')::jsonb
$$;

-- job_id: the job that the object is or belongs to, so that a job's history has its layers and tasks in it.
-- tasks: a command that moved many tasks of a layer has one row for a thousand of them; object_id is the layer then.
-- code: 0 = done, else that of the refusal.
create table plow.blame (
  id bigint generated always as identity primary key,
  time timestamptz not null default plow.now(),
  actor text not null default coalesce(plow.deed() ->> 'actor', 'plow-server'),
  is_proven boolean not null default coalesce((plow.deed() ->> 'is_proven')::boolean, true),
  client text not null default coalesce(plow.deed() ->> 'client', ''),
  call text not null default coalesce(plow.deed() ->> 'call', ''),
  noun text not null,
  object_id uuid,
  job_id uuid,
  field text not null default '',
  old text,
  new text,
  reason text default plow.deed() ->> 'reason',
  code int not null default 0,
  tasks uuid[]
);
create index blame_of_object on plow.blame (object_id, id) where object_id is not null;
create index blame_of_job on plow.blame (job_id, id) where job_id is not null;

create function plow.keep_blame() returns trigger language plpgsql as $$
begin
  raise exception 'blame is never changed' using errcode = 'PW004';
end
$$;
create trigger keep_blame before update on plow.blame for each row execute function plow.keep_blame();
