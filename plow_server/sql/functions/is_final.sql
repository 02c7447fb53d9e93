-- is_final(end, status, signal, exits worth another attempt) returns text: why a failure is not tried again, null where it is
-- A layer may name the exit statuses that are (retry_exits); a command that a signal ended counts as 128 + its number, as
-- shells say it. What the farm itself ended (memory, run time, silence, an error in the log) has no exit status of
-- its own: the setting final_ends names those that are not tried again.
-- Changes: nothing.
create or replace function plow.is_final(p_end plow.attempt_end, p_status int, p_signal int, p_exits int[])
returns text language sql stable as $$
  select case when p_end = any(setting.final_ends) then p_end || ' is not tried again'
              when p_end = 'EXITED' and shown.status <> all(p_exits)
              then format('exit status %s is not tried again', shown.status) end
    from plow.failure_setting as setting, (select case when p_signal = 0 then p_status else 128 + p_signal end) as shown (status)
$$;
