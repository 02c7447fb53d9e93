"""How rows are drawn."""
