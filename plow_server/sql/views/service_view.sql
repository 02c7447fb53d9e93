-- ServiceT; a null is not preset and stays unset.
create view plow.service_view as
select id, name, tags, min_cores, max_cores, min_ram, max_ram, max_retries, threadable, run,
       kill_grace_s, needs, retry_rules
  from plow.service;
