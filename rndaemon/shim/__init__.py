"""What runs beside a task, in a process of its own for each attempt: starts it, watches it, ends it, keeps its log."""
