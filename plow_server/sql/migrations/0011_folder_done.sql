-- The tasks of a folder's finished jobs, by state: who reads a folder's totals adds up its living jobs only.
create table plow.folder_done (
  folder_id uuid primary key references plow.folder on delete cascade,
  total bigint not null,
  waiting bigint not null,
  dead bigint not null,
  eaten bigint not null,
  depend bigint not null,
  succeeded bigint not null
) with (fillfactor = 50);

insert into plow.folder_done
select job.folder_id, sum(total), sum(waiting), sum(dead), sum(eaten), sum(depend), sum(succeeded)
  from plow.job join plow.job_counter as counter on counter.job_id = job.id
 where job.state = 'FINISHED'
 group by job.folder_id;
