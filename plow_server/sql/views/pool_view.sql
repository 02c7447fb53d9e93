-- PoolT.
create view plow.pool_view as
select pool.id, pool.name, pool.is_exclusive as exclusive,
       array(select host from plow.pool_host where pool_host.pool_id = pool.id order by host) as hosts,
       coalesce(of_nodes.n, 0) as node_count,
       coalesce(of_jobs.n, 0) as job_count
  from plow.pool
  left join (select pool_id, count(*) as n from plow.node cross join unnest(pools) as pool_id group by pool_id) as of_nodes
    on of_nodes.pool_id = pool.id
  left join (
    select pool_id, count(distinct job_id) as n
      from (select job.id as job_id, unnest(job.pools) as pool_id from plow.job where job.state <> 'FINISHED'
            union all
            select job.id, unnest(layer.pools)
              from plow.job join plow.layer on layer.job_id = job.id and layer.pools <> '{}'
             where job.state <> 'FINISHED') as naming
     group by pool_id) as of_jobs on of_jobs.pool_id = pool.id;
