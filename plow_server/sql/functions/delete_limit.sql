-- delete_limit(limit) returns void
-- Finished jobs that named it forget it, so that they can be restarted.
-- Locks: job and layer counters of those that name it; then the limit's row, which all who name it share, and a second
-- look; limit counter.
-- Changes: limit, limit_counter, layer.
-- Raises: NotFound; NotAllowed while layers of unfinished jobs name it, or procs use it; 40001 where it was named meanwhile.
create or replace function plow.delete_limit(p_limit uuid) returns void language plpgsql as $$
declare
  v_limit plow.limit;
  v_layer uuid[] := array(select id from plow.layer where limits @> array[p_limit] and limits <> '{}');
  v_job uuid[] := array(select distinct job_id from plow.layer where id = any(v_layer));
  v_user text;
begin
  perform plow.lock_rows(null, null, v_job, v_layer, null);
  select * into v_limit from plow.limit where id = p_limit for update;
  if not found then
    raise exception 'no limit ''%''', p_limit using errcode = 'PW001';
  elsif exists (select id from plow.layer where limits @> array[p_limit] and limits <> '{}' except select unnest(v_layer)) then
    raise exception 'limit ''%'' was named meanwhile', v_limit.name using errcode = '40001';
  end if;
  select name into v_user from plow.job where id = any(v_job) and state <> 'FINISHED' order by name limit 1;
  if found then
    raise exception 'limit ''%'' is in use by unfinished jobs: ''%'' names it', v_limit.name, v_user using errcode = 'PW004';
  end if;
  perform plow.lock_limits(array[p_limit]);
  if exists (select from plow.proc where p_limit = any(limits)) then
    raise exception 'limit ''%'' is in use: tasks that have it still end', v_limit.name using errcode = 'PW004';
  end if;
  update plow.layer set limits = array_remove(limits, p_limit) where id = any(v_layer);
  delete from plow.limit where id = p_limit;
end
$$;
