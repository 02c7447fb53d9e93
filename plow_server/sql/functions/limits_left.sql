-- limits_left(limits, node, user, now) returns boolean: whether a task may take one of each there
-- The rule of limits for one task, for explain; commit_plan sums up over its plan by the same: nothing while its users
-- found none free, one for a node or user that has one already.
create or replace function plow.limits_left(p_limit uuid[], p_node uuid, p_user text, p_now timestamptz)
returns boolean language sql stable as $$
  select not exists (
    select from plow.limit as l
      join plow.limit_counter as c on c.limit_id = l.id
     where l.id = any(p_limit)
       and (c.not_before > p_now or l.total - l.held_back - c.used < 0
            or l.total - l.held_back - c.used = 0
               and not exists (select from plow.limit_use as u
                                where u.limit_id = l.id and u.holder = plow.limit_holder(l.per, p_node, p_user))))
$$;
