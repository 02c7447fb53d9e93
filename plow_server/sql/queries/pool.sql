-- name: pools
select * from plow.pool_view order by lower(name);

-- name: pool_by_id
select * from plow.pool_view where id = %(id)s;

-- name: pool_by_name_or_id
select * from plow.pool_view where id = plow.as_id(%(pool)s) or lower(name) = lower(%(pool)s)
 order by (id = plow.as_id(%(pool)s)) desc nulls last limit 1;

-- name: set_pool_name
update plow.pool set name = %(name)s where id = %(id)s;
