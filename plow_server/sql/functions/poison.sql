-- poison(task, node) returns text: that a task takes its nodes with it, null unless this is the last that may be lost
-- It counts different nodes since somebody last queued the task (task_loss), this one with them.
-- Changes: nothing.
create or replace function plow.poison(p_task uuid, p_node uuid) returns text language sql stable as $$
  select 'poison: its node was lost under it ' || count(*) || ' times, ' || string_agg(node.name, ', ' order by node.name)
    from plow.failure_setting as setting
    join plow.node on node.id = any(array(select node_id from plow.task_loss where task_id = p_task) || p_node)
   where setting.poison_nodes > 0
   group by setting.poison_nodes
  having count(*) >= setting.poison_nodes
$$;
