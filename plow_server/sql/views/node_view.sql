-- NodeT. free_ram_mb is what may still be booked; system__free_ram_mb is what the machine said.
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
       node.is_rebooting or report.is_reboot as is_rebooting
  from plow.node
  join plow.node_counter as counter on counter.node_id = node.id
  join plow.node_report as report on report.node_id = node.id
  join plow.cluster on cluster.id = node.cluster_id;
