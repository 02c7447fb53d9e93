-- delete_filter(filter) returns void
-- Deletes a filter with its matchers and actions; those after it move up.
-- Locks: project row.  Changes: filter, matcher, action.  Raises: NotFound.
create or replace function plow.delete_filter(p_filter uuid) returns void language plpgsql as $$
declare
  v_filter plow.filter := plow.locked_filter(p_filter);
begin
  delete from plow.filter where id = p_filter;
  update plow.filter set sort_order = sort_order - 1
   where project_id = v_filter.project_id and sort_order > v_filter.sort_order;
end
$$;
