"""Columns and rows: what a view shows, without knowing how it is drawn."""
