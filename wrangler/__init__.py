"""The desktop window of the people who look after a farm."""
