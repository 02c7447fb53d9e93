-- AvoidT.
create view plow.avoid_view as
select avoid.job_id, job.name as job_name, avoid.node_id, node.name as node_name, avoid.failures,
       plow.ms(avoid.until) as end_time, avoid.reason
  from plow.avoid
  join plow.job on job.id = avoid.job_id
  join plow.node on node.id = avoid.node_id
 where avoid.until > plow.now();
