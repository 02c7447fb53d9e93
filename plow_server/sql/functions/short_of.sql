-- short_of(units, now) returns bigint[], the ranks of those that find too few
-- Devices, limits and places of their layer on a node, for tasks that a plan asks for together: the first in line gets.
-- A unit left out for one reason still counts for the others: the plan was wrong, the planner will look again, and no
-- cap can be passed. Devices of one size are given on a node in one plan; those of another size are had with the next.
-- Changes: nothing. The caller holds the locks of nodes and limits.
create or replace function plow.short_of(p_unit plow.scarce_unit[], p_now timestamptz) returns bigint[] language plpgsql as $$
begin
  return array(
    with
    unit as (
      select * from unnest(p_unit)
    ),
    -- Whoever comes first for a node or a user takes one for all that follow there.
    use as (
      select unit.rank, l.id as limit_id, l.per, mine.holder,
             case when c.not_before > p_now then -1 else l.total - l.held_back - c.used end as free,
             case when l.per = 'TASK' then 1
                  when row_number() over (partition by l.id, mine.holder order by unit.rank) > 1 then 0
                  when exists (select from plow.limit_use as u where u.limit_id = l.id and u.holder = mine.holder) then 0
                  else 1 end as cost
        from unit
       cross join lateral unnest(unit.limits) as named (id)
        join plow.limit as l on l.id = named.id
        join plow.limit_counter as c on c.limit_id = l.id
       cross join lateral (select plow.limit_holder(l.per, unit.node_id, unit.username)) as mine (holder)
    ),
    counted as (
      select rank, limit_id, per, holder, cost, free, sum(cost) over (partition by limit_id order by rank) as upto from use
    ),
    asked as (
      select rank, free,
             case when per = 'TASK' then upto
                  else first_value(upto) over (partition by limit_id, holder order by rank) end as upto,
             case when per = 'TASK' then cost
                  else first_value(cost) over (partition by limit_id, holder order by rank) end as cost
        from counted
    ),
    crowded as (
      select rank, max_per_node, row_number() over (partition by layer_id, node_id order by rank)
             + (select count(*) from plow.proc where proc.node_id = unit.node_id and proc.layer_id = unit.layer_id) as upto
        from unit where max_per_node > 0
    ),
    wanting as (
      select rank, node_id, gpu_ram, sum(gpus) over by_node as upto, first_value(gpu_ram) over by_node as first_ram
        from unit where gpus > 0
      window by_node as (partition by node_id order by rank)
    )
    select rank from asked where free < 0 or cost > 0 and upto > free
    union
    select rank from crowded where upto > max_per_node
    union
    select rank from wanting where gpu_ram <> first_ram or upto > cardinality(plow.idle_gpus(node_id, gpu_ram)));
end
$$;
