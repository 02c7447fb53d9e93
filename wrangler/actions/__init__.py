"""What a person can do to a selection, as plain descriptions."""
