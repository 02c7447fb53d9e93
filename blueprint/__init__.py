"""Jobs described in Python: layers, tasks, what waits for what, and how to launch them."""
