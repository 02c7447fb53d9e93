-- name: limits
select * from plow.limit_view order by name;

-- name: limit_by_id
select * from plow.limit_view where id = %(id)s;

-- name: limit_by_name_or_id
select * from plow.limit_view where id = plow.as_id(%(limit)s) or name = %(limit)s
 order by (id = plow.as_id(%(limit)s)) desc nulls last limit 1;
