"""Stands where the node daemon stands, and says what it says."""
