-- blames_node(ended attempt) returns boolean: whether it failed in a way that the node may be to blame for
-- Too much memory or time is the task's own; what was lost or stopped says nothing.
create or replace function plow.blames_node(p_ended plow.ended_attempt) returns boolean language sql immutable as $$
  select (p_ended).verdict = 'failure' and (p_ended).end_reason not in ('MEMORY', 'RUN_TIME')
      or (p_ended).end_reason = 'ENVIRONMENT' and (p_ended).verdict = 'loss'
$$;
