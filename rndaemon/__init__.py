"""The node daemon: starts tasks, watches them and reports what became of them."""
