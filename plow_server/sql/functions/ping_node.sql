-- ping_node(name, …, cores, ram, held procs) returns one row: what the server makes of a sign of life
-- An unknown node is made in the default cluster, with its tags. A silent one is UP again. Cores and memory follow
-- what the node says, and so do its devices (keep_gpus); one that shrinks below what its procs hold keeps that much until they end.
-- Procs, compared with what the node holds: booked ones are confirmed. `stop` it should not hold: unknown here, or
-- being killed. `lost` were taken by an earlier boot of the machine. `missing` it should hold: only its own word
-- on a direct question may end them, for this ping may be older than their start.
-- `gone` and `gone_state`: procs of this node that it says it does not hold and will never start, with their states.
-- A node that calls do not reach (uncallable) is told in `stop` of everything that it should hold and does not, so that
-- it can answer with its next ping what it would have been asked. Null seconds: this node has no word for that.
-- Between the wish to reboot it and its new boot a node is draining, whatever it says itself.
-- A ping that was overtaken by a later one of the same daemon changes nothing (is_stale).
-- Locks: node counter, where that, the node's devices or its state changes.
-- Changes: node, node_counter, node_gpu, node_report, proc; uncallable, where it may be called otherwise than before.
-- Rings: plow_farm, where more may be startable.  Raises: NotAllowed without a default cluster.
create or replace function plow.ping_node(
  p_name text, p_address text, p_ip text, p_boot_time timestamptz, p_boot_id text, p_daemon_id uuid,
  p_sequence bigint, p_version text, p_is_draining boolean, p_is_reboot boolean,
  p_physical_cores int, p_logical_cores int, p_total_ram int, p_free_ram int, p_total_swap int, p_free_swap int,
  p_cpu_model text, p_platform text, p_load float8[], p_cores int, p_ram int, p_held uuid[],
  p_vanished_after_s float8 default 0, p_os text default null, p_arch text default null, p_gpus jsonb default null,
  p_disks jsonb default null, p_users text[] default null, p_metrics jsonb default null, p_away_reason text default null,
  p_gone uuid[] default '{}', p_uncallable_after_s float8 default null, p_complaints text[] default null
) returns table (
  node_id uuid, is_new boolean, is_stale boolean, stop uuid[], lost uuid[], missing uuid[],
  gone uuid[], gone_state text[]
) language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz := plow.now();
  v_node plow.node;
  v_counter plow.node_counter;
  v_before plow.node_report;
  v_rings boolean := false;
  v_reboots boolean;
begin
  perform set_config('synchronous_commit', 'off', true);  -- the next ping says it again
  select * into v_node from plow.node where name = p_name;
  is_new := not found;
  if is_new then
    v_node := plow.add_node(p_name, p_address, p_cores, p_ram);
    v_rings := true;
  end if;
  node_id := v_node.id;

  select * into v_before from plow.node_report where node_report.node_id = v_node.id for update;
  is_stale := coalesce(v_before.daemon_id = p_daemon_id and p_sequence <= v_before.sequence, false);
  if is_stale then
    return next;
    return;
  end if;
  -- A reboot that was asked for is over when the machine has another boot, when the node does not speak of it any more,
  -- or when another daemon speaks for it, which has never heard of it.
  select is_rebooting into v_reboots from plow.node where id = v_node.id;
  if v_reboots and (p_boot_id <> v_before.boot_id or p_boot_time - v_before.boot_time > interval '1 minute'
                    or not p_is_reboot and (v_before.is_reboot or v_before.daemon_id <> p_daemon_id)) then
    perform plow.lock_rows(null, null, null, null, array[v_node.id]);  -- before the node's row, as its setters do
    update plow.node set is_rebooting = false where id = v_node.id;
    v_reboots := false;
  end if;
  p_is_draining := p_is_draining or v_reboots;
  update plow.node_report
     set updated = v_now, ip = p_ip, boot_time = p_boot_time, boot_id = p_boot_id, daemon_id = p_daemon_id,
         sequence = coalesce(p_sequence, 0), version = p_version, is_draining = p_is_draining,
         is_reboot = p_is_reboot, physical_cores = p_physical_cores, logical_cores = p_logical_cores,
         total_ram = p_total_ram, free_ram = p_free_ram, total_swap = p_total_swap, free_swap = p_free_swap,
         cpu_model = p_cpu_model, platform = p_platform, load = p_load, os = p_os, arch = p_arch, gpus = p_gpus, disks = p_disks,
         users = p_users, metrics = p_metrics, away_reason = p_away_reason, complaints = p_complaints
   where node_report.node_id = v_node.id;

  if (coalesce(p_gpus, '[]') <> '[]' or coalesce(v_before.gpus, '[]') <> '[]') and plow.keep_gpus(v_node.id, p_gpus) then
    v_rings := true;
  end if;
  select * into v_counter from plow.node_counter where node_counter.node_id = v_node.id;
  if v_node.state = 'DOWN' or (v_counter.cores, v_counter.ram) <> (p_cores, p_ram) then
    v_rings := plow.resize_node(v_node.id, p_cores, p_ram) or v_node.state = 'DOWN' or v_rings;
    update plow.node set state = 'UP' where id = v_node.id and state = 'DOWN';
  end if;
  update plow.node set address = p_address where id = v_node.id and address <> p_address;
  if v_node.state = 'DOWN' or v_node.address <> p_address or v_before.daemon_id is distinct from p_daemon_id then
    perform plow.note_callable(array[v_node.id]);  -- what failed before says nothing of now
  end if;
  if v_rings or v_before.is_draining <> p_is_draining
     or (v_before.away_reason is null) <> (p_away_reason is null) then
    perform pg_notify('plow_farm', '');
  end if;

  perform plow.confirm_procs(array(
    select id from plow.proc where proc.node_id = v_node.id and id = any(p_held) and state = 'BOOKED'));
  select array_agg(id), array_agg(state::text) into gone, gone_state
    from plow.proc
   where proc.node_id = v_node.id and id = any(p_gone) and id <> all(p_held);
  lost := array(
    select id from plow.proc
     where proc.node_id = v_node.id and id <> all(p_held) and p_boot_id <> v_before.boot_id
       and confirmed < v_before.updated);
  missing := array(
    select id from plow.proc
     where proc.node_id = v_node.id and id <> all(p_held) and id <> all(lost) and state = 'RUNNING'
       and confirmed < v_now - make_interval(secs => p_vanished_after_s));
  stop := array(
    select held from unnest(p_held) as held
     where not exists (select from plow.proc where id = held and proc.node_id = v_node.id and state <> 'KILLING'));
  if exists (select from plow.uncallable as u
              where u.node_id = v_node.id and u.since < v_now - make_interval(secs => p_uncallable_after_s)) then
    stop := stop || array(
      select id from plow.proc
       where proc.node_id = v_node.id and id <> all(p_held) and id <> all(p_gone)
         and (state <> 'RUNNING' or id = any(missing)));
  end if;
  return next;
end
$$;
