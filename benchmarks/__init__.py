"""Measurements: each prints its value, the baseline of the same run, the ratio, and whether it was sound."""
