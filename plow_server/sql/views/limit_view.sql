-- LimitT. waiting: while all are in use or it backs off, what its layers have ready.
create view plow.limit_view as
select l.id, l.name, l.total, l.per, l.held_back, counter.used,
       case when counter.used < l.total - l.held_back and coalesce(counter.not_before <= plow.now(), true) then 0
            else (select coalesce(sum(layer_counter.ready), 0)
                    from plow.job
                    join plow.layer on layer.job_id = job.id and l.id = any(layer.limits)
                    join plow.layer_counter on layer_counter.layer_id = layer.id
                   where job.state <> 'FINISHED' and job.state = 'RUNNING' and not job.paused
                     and (job.start_after is null or job.start_after <= plow.now())) end as waiting,
       case when counter.not_before > plow.now() then plow.ms(counter.not_before) end as not_before,
       case when counter.not_before > plow.now() then counter.reason end as reason
  from plow.limit as l
  join plow.limit_counter as counter on counter.limit_id = l.id;
