-- other_place(layer, node) returns boolean: whether another node that takes work would do for the layer
-- Busy or not; but not one that its job stays away from. Who has nowhere else to go stays away from nothing.
-- Changes: nothing.
create or replace function plow.other_place(p_layer uuid, p_node uuid) returns boolean language sql stable as $$
  select exists (
    select
      from plow.layer cross join plow.able_nodes(layer.id) as able
     where layer.id = p_layer and able.node_id <> p_node
       and not exists (select from plow.avoid
                        where avoid.job_id = layer.job_id and avoid.node_id = able.node_id and avoid.until > plow.now()))
$$;
