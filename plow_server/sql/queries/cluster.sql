-- name: clusters
select * from plow.cluster_view order by name;

-- name: cluster_by_id
select * from plow.cluster_view where id = %(id)s;

-- name: cluster_by_name_or_id
select * from plow.cluster_view where id = plow.as_id(%(cluster)s) or name = %(cluster)s
 order by (id = plow.as_id(%(cluster)s)) desc nulls last limit 1;

-- name: clusters_by_tag
select * from plow.cluster_view where %(tag)s::text = any(tags) order by name;

-- name: set_cluster_tags
update plow.cluster set tags = plow.checked_tags(%(tags)s::text[]) where id = %(id)s;

-- name: set_cluster_name
update plow.cluster set name = %(name)s where id = %(id)s;
