-- The tables tell what changes in them (functions/watch_tables.sql).
select plow.watch_tables();

-- A farm that works at once: a project with a folder, a cluster that new nodes join, a quota between them, and
-- services small enough for any machine. May run again at any time: what is there, or was deleted on purpose, is
-- left alone as soon as one project exists.
do $$
declare
  v_project uuid;
  v_cluster uuid;
  v_quota uuid;
begin
  if exists (select from plow.project) then
    return;
  end if;
  insert into plow.project (code, title) values ('default', 'Default project') returning id into v_project;
  perform plow.create_folder(v_project, 'jobs');
  insert into plow.cluster (name, tags, is_default) values ('render', '{render}', true) returning id into v_cluster;
  perform plow.create_quota(v_project, v_cluster, 10, 1000000);

  -- Without a service a layer asks for 3072 MB; `default` is what a layer gets that names none.
  insert into plow.service (name, min_ram) values ('default', 512);
  insert into plow.service (name, min_cores, max_cores, min_ram, max_ram, max_retries, threadable)
  values ('shell', 1, 1, 512, 2048, 0, false);
end
$$;
