"""`plow top`: a live view of the farm in a terminal. Needs textual; only the command imports it.

rows (what is shown of a job, a node, a task), columns and words are plain; grid draws rows; feed reads the farm on
threads of its own; deeds changes it on another; app and job_screen put them together.
"""
