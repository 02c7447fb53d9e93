-- name: folder_by_id
select * from plow.folder_view where id = %(id)s;

-- name: folders_of_project
select * from plow.folder_view where project_id = %(project_id)s order by "order", name;

-- name: board_folders
-- Without the totals, which are those of the unfinished jobs there.
select id, name, min_cores, max_cores, run_cores, run_procs, "order", project_id
  from plow.folder_view where project_id = %(project_id)s order by "order", name;

-- name: board_jobs
select * from plow.job_view
 where id = any(array(select id from plow.job where project_id = %(project_id)s and state <> 'FINISHED'))
 order by start_time, name;

-- name: set_folder_name
update plow.folder set name = %(name)s where id = %(id)s;
