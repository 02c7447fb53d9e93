-- shown_signal(proc state, kill signal, end, signal) returns int
-- The signal number that people and old clients see: the process's own, or the server's for what the server did.
-- Source: 86, 667 to 671 of the original; clients know them.
create or replace function plow.shown_signal(
  p_state plow.proc_state, p_kill_signal int, p_end plow.attempt_end, p_signal int
) returns int language sql immutable as $$
  select case
    when p_state = 'KILLING' then p_kill_signal
    when p_end = 'ABORTED' then 667
    when p_end = 'LOST' then 668
    when p_end = 'NODE_LOST' then 671
    when p_end = 'SHUTDOWN' then 86
    else p_signal end
$$;
