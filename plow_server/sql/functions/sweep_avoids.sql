-- sweep_avoids() returns int, how many were forgotten
-- Failures of jobs on nodes that nobody will ask for: of jobs that are over, or a day past their time.
-- What somebody has in hand is passed over.  Changes: avoid.
create or replace function plow.sweep_avoids() returns int language sql as $$
  with gone as (
    delete from plow.avoid
     where ctid = any(array(
       select avoid.ctid from plow.avoid join plow.job on job.id = avoid.job_id
        where job.state = 'FINISHED' or greatest(avoid.updated, avoid.until) < plow.now() - interval '1 day'
          for update of avoid skip locked))
    returning 1
  )
  select count(*)::int from gone
$$;
