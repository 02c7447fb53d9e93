-- unarchived(jobs, layers) returns void: raises NotAllowed where the tasks of one of these jobs, or of a layer's, are archived
create or replace function plow.unarchived(p_job uuid[], p_layer uuid[]) returns void language plpgsql stable as $$
declare
  v_job plow.job;
begin
  select * into v_job
    from plow.job
   where id = any(p_job || array(select job_id from plow.layer where layer.id = any(p_layer))) and archived is not null
   limit 1;
  if found then
    raise exception 'the tasks of job ''%'' are archived since %: its layers and attempts tell of them', v_job.name,
      to_char(v_job.archived at time zone 'UTC', 'YYYY-MM-DD') using errcode = 'PW004';
  end if;
end
$$;
