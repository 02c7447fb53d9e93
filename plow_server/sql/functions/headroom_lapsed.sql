-- headroom_lapsed(headroom, now) returns boolean
-- Whether cores under caps are kept no more: their time is over, give or take five seconds, so that they can be kept anew
-- before they are for all; nothing of the layer could start now; or its project may not pay.
-- Changes: nothing.
create or replace function plow.headroom_lapsed(p_kept plow.headroom, p_now timestamptz)
returns boolean language sql stable as $$
  select p_kept.kept_until <= p_now + interval '5 seconds'
      or not plow.waits_now(p_kept.layer_id, p_now)
      or exists (
        select from plow.retry_wait as held
         where held.layer_id = p_kept.layer_id and held.until > p_now and held.node_id is null)
      or not exists (select from plow.quota where quota.id = p_kept.quota_id and not quota.is_locked)
$$;
