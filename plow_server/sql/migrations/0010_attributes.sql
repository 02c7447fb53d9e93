-- A bound for attributes that grow by one call after the other; the server's own limits are far below it. What is
-- there already is left as it is.
alter table plow.job add constraint job_attrs check (octet_length(attrs::text) <= 8388608) not valid;
alter table plow.output add constraint output_attrs check (octet_length(attrs::text) <= 8388608) not valid;
