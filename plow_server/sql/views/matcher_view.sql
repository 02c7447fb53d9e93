-- MatcherT.
create view plow.matcher_view as
select id, type, field, value, attr from plow.matcher;
