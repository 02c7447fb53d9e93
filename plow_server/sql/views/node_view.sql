-- NodeT. away_reason is ours where the node cannot be called. free_ram_mb is what may still be booked; system__free_ram_mb is what the machine said.
create view plow.node_view as
select node.id, node.cluster_id, node.name, cluster.name as cluster_name, report.ip as ipaddr, node.tags, node.state,
       node.slot_mode as mode,
       node.is_locked as locked,
       plow.ms(node.created) as created_time,
       plow.ms(report.updated) as updated_time,
       plow.ms(report.boot_time) as boot_time,
       counter.cores as total_cores,
       counter.idle_cores, node.slot_cores,
       counter.ram as total_ram_mb,
       counter.idle_ram as free_ram_mb,
       node.slot_ram,
       report.physical_cores as system__physical_cores,
       report.logical_cores as system__logical_cores,
       report.total_ram as system__total_ram_mb,
       report.free_ram as system__free_ram_mb,
       report.total_swap as system__total_swap_mb,
       report.free_swap as system__free_swap_mb,
       report.cpu_model as system__cpu_model,
       report.platform as system__platform,
       array(select least(entry.load * 100, 2147483647)::int
               from unnest(report.load) with ordinality as entry (load, place) order by place) as system__load,
       node.address,
       counter.run_procs, report.version, report.is_draining,
       node.is_rebooting or report.is_reboot as is_rebooting,
       report.os, report.arch, report.gpus, report.disks, report.users, report.metrics,
       coalesce('the server cannot call it: ' || uncallable.why, report.away_reason) as away_reason, report.complaints,
       case when node.pools <> '{}' then array(select name from plow.pool where id = any(node.pools) order by name) end as pools,
       case when report.gpus is not null then cardinality(plow.idle_gpus(node.id, 0)) end as idle_gpus,
       nullif(node.state_reason, '') as state_reason,
       plow.reservation_of(node) as reservation
  from plow.node
  join plow.node_counter as counter on counter.node_id = node.id
  join plow.node_report as report on report.node_id = node.id
  join plow.cluster on cluster.id = node.cluster_id
  left join plow.uncallable on uncallable.node_id = node.id and uncallable.is_shut;
