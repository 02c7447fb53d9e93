"""A farm in virtual time: the real planner, drawn run times, no database. See `plow-server simulate`."""
