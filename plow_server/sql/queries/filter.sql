-- name: filters_of_project
select filter_view.* from plow.filter_view join plow.filter using (id)
 where filter.project_id = %(project_id)s order by filter_view."order";

-- name: filter_by_id
select * from plow.filter_view where id = %(id)s;

-- name: set_filter_name
update plow.filter set name = %(name)s where id = %(id)s;

-- name: set_filter_enabled
update plow.filter set is_enabled = %(enabled)s where id = %(id)s;

-- name: matcher_by_id
select * from plow.matcher_view where id = %(id)s;

-- name: matchers_of_filter
select matcher_view.* from plow.matcher_view join plow.matcher using (id)
 where matcher.filter_id = %(filter_id)s order by matcher.seq;

-- name: update_matcher
update plow.matcher set type = %(type)s, field = %(field)s, value = %(value)s, attr = %(attr)s where id = %(id)s;

-- name: delete_matcher
delete from plow.matcher where id = %(id)s;

-- name: action_by_id
select * from plow.action_view where id = %(id)s;

-- name: actions_of_filter
select action_view.* from plow.action_view join plow.action using (id)
 where action.filter_id = %(filter_id)s order by action.seq;

-- name: delete_action
delete from plow.action where id = %(id)s;

-- name: filter_trace_of_job
-- One row for a job that is there; an empty list where its project had no filters.
select coalesce(job_filter_trace.trace, '[]') as trace
  from plow.job left join plow.job_filter_trace on job_filter_trace.job_id = job.id
 where job.id = %(id)s;
