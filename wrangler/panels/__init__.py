"""Model, view and actions wired together, one panel per noun."""
