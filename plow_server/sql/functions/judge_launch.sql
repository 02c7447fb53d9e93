-- judge_launch(project code, job name, user, attrs, paused) returns one row: where such a job goes, and how
-- What a launch decides before anything is made, also without making it: the project takes jobs, the filters are
-- asked. Whether the name is free is judged by insert_job.
-- Locks: project row, shared.  Raises: NotFound project; NotAllowed inactive project or none of its folders.
create or replace function plow.judge_launch(
  p_project text, p_name text, p_username text, p_attrs jsonb, p_paused boolean
) returns table (project plow.project, folder_id uuid, min_cores int, max_cores int, paused boolean, trace jsonb)
language plpgsql rows 1 as $$
declare
  v_project plow.project;
begin
  select * into v_project from plow.project where code = p_project for share;
  if not found then
    raise exception 'no project ''%''', p_project using errcode = 'PW001';
  elsif not v_project.is_active then
    raise exception 'project ''%'' is not active: it takes no new jobs', p_project using errcode = 'PW004';
  elsif v_project.default_folder_id is null then
    raise exception 'project ''%'' has no default folder', p_project using errcode = 'PW004';
  end if;
  return query
  select v_project, coalesce(asked.folder_id, v_project.default_folder_id), coalesce(asked.min_cores, 0),
         coalesce(asked.max_cores, 200), coalesce(asked.paused, p_paused), asked.trace
    from plow.ask_filters(v_project.id, p_name, p_username, p_attrs) as asked;
end
$$;
