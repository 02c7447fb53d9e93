"""What the server answers to each call, one file per noun."""
