-- name: now_ms
select plow.ms(plow.now());

-- name: services
select * from plow.service_view order by name;

-- name: service_by_id
select * from plow.service_view where id = %(id)s;

-- name: insert_service
insert into plow.service (name, tags, min_cores, max_cores, min_ram, max_ram, max_retries, threadable, run,
                          kill_grace_s, needs, retry_rules)
values (%(name)s, plow.checked_tags(%(tags)s::text[]), %(min_cores)s, %(max_cores)s, %(min_ram)s, %(max_ram)s,
        %(max_retries)s, %(threadable)s, %(run)s, %(kill_grace_s)s, %(needs)s, %(retry_rules)s)
returning id;

-- name: update_service
update plow.service
   set name = %(name)s, tags = plow.checked_tags(%(tags)s::text[]), min_cores = %(min_cores)s,
       max_cores = %(max_cores)s, min_ram = %(min_ram)s, max_ram = %(max_ram)s, max_retries = %(max_retries)s,
       threadable = %(threadable)s, run = %(run)s, kill_grace_s = %(kill_grace_s)s, needs = %(needs)s,
       retry_rules = %(retry_rules)s
 where id = %(id)s;

-- name: delete_service
delete from plow.service where id = %(id)s;
