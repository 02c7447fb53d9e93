"""Stands where the server stands, and says what it says."""
