-- has_lapsed(reservation, now) returns boolean
-- Whether a node is kept no more: its time is over, give or take five seconds, so that another can be made before the
-- node is open to all; nothing of the layer could start now; or nothing starts on the node.
-- Changes: nothing.
create or replace function plow.has_lapsed(p_kept plow.reservation, p_now timestamptz)
returns boolean language sql stable as $$
  select p_kept.kept_until <= p_now + interval '5 seconds'
      or not plow.waits_now(p_kept.layer_id, p_now)
      or exists (
        select from plow.retry_wait as held
         where held.layer_id = p_kept.layer_id and held.until > p_now and coalesce(held.node_id, p_kept.node_id) = p_kept.node_id)
      or exists (select from plow.uncallable as shut where shut.node_id = p_kept.node_id and shut.is_shut)
      or not exists (
        select from plow.node
          join plow.cluster on cluster.id = node.cluster_id
          left join plow.node_report as report on report.node_id = node.id
         where node.id = p_kept.node_id and plow.takes_work(node, report, cluster.is_locked))
$$;
