-- OutputT.
create view plow.output_view as
select id as output_id, path, attrs from plow.output;
