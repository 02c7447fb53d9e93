-- name: take_turn
-- One server at a time does a piece of timed work; the lock ends with the transaction.
select pg_try_advisory_xact_lock(hashtextextended('plow ' || %(name)s, 0))

-- name: try_lead
-- The leader holds this lock for as long as its session lives.
select pg_try_advisory_lock(hashtextextended('plow leader', 0))

-- name: stay_alive
select 1

-- name: ring_farm
select pg_notify('plow_farm', '')

-- name: set_prediction
update plow.prediction_setting set ram_quantile = %(quantile)s, ram_margin = %(margin)s
 where (ram_quantile, ram_margin) <> (%(quantile)s, %(margin)s)
