"""Meters of a studio's own: small Python files whose values travel with the node's pings."""
