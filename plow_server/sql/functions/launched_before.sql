-- launched_before(request, job name) returns uuid
-- The job that this request has made already; null where it has not, or where it is null.
-- Raises: Invalid a request that made a job of another name.
create or replace function plow.launched_before(p_request uuid, p_name text) returns uuid language plpgsql as $$
declare
  v_job uuid;
  v_name text;
begin
  select id, name into v_job, v_name from plow.job where request_id = p_request;
  if v_name <> p_name then
    raise exception 'the request that is to launch ''%'' has launched ''%'' already', p_name, v_name using errcode = 'PW003';
  end if;
  return v_job;
end
$$;
