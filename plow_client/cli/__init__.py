"""The `plow` command: one file per noun."""
