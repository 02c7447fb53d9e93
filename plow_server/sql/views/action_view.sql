-- ActionT.
create view plow.action_view as
select id, type, value from plow.action;
