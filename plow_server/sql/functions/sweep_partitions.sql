-- sweep_partitions(months) returns the names of the history tables made
-- This month and the next ones each get a table of their own. A month of which the default table already holds
-- attempts stays there: moving them would stop all completions meanwhile.
-- One at a time, and the turn comes first: two who make the same table both look at attempt already, and each would wait
-- for the other.
-- Locks: the turn of those who make them; attempt, for as long as a table is attached.  Changes: tables attempt_YYYY_MM.
create or replace function plow.sweep_partitions(p_months int default 2)
returns setof text language plpgsql as $$
declare
  v_first timestamptz;
  v_name text;
begin
  perform pg_advisory_xact_lock(hashtextextended('plow partitions', 0));
  for v_first in
    select generate_series(date_trunc('month', plow.now(), 'UTC'),
                           date_trunc('month', plow.now(), 'UTC') + make_interval(months => p_months), '1 month')
  loop
    v_name := to_char(v_first at time zone 'UTC', '"attempt_"YYYY_MM');
    continue when to_regclass('plow.' || v_name) is not null;
    continue when exists (
      select from plow.attempt_default where stopped >= v_first and stopped < v_first + interval '1 month');
    execute format('create table plow.%I (like plow.attempt including all)', v_name);
    -- A completion that has chosen the default table already would be refused when the new one takes its month:
    -- so none is on its way while it is attached.
    lock table plow.attempt in access exclusive mode;
    execute format('alter table plow.attempt attach partition plow.%I for values from (%L) to (%L)',
                   v_name, v_first, v_first + interval '1 month');
    return next v_name;
  end loop;
end
$$;
