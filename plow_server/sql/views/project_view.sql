-- ProjectT.
create view plow.project_view as
select id, code, title, is_active from plow.project;
