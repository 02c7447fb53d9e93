"""Queries as bound SQL: which jobs, tasks and nodes a filter's `where` names."""
