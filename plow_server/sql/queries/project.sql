-- name: projects
select * from plow.project_view order by code;

-- name: active_projects
select * from plow.project_view where is_active order by code;

-- name: project_by_id
select * from plow.project_view where id = %(id)s;

-- name: project_by_code
select * from plow.project_view where code = %(code)s;

-- name: project_by_code_or_id
select * from plow.project_view where id = plow.as_id(%(project)s) or code = %(project)s
 order by (id = plow.as_id(%(project)s)) desc nulls last limit 1;

-- name: set_project_active
update plow.project set is_active = %(active)s where id = %(id)s;
