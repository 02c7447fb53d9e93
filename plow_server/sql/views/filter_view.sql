-- FilterT.
create view plow.filter_view as
select id, name, sort_order as "order", is_enabled as enabled from plow.filter;
