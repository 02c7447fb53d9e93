-- What a node says is wrong with it, as its last ping told.
alter table plow.node_report add column complaints text[];
