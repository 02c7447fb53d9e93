"""Thousands of played nodes in one process: SimulatedFarm for programs, `python -m benchmarks.nodes` for people."""

from benchmarks.nodes.attempt import Work
from benchmarks.nodes.farm import Count, SimulatedFarm

__all__ = ["Count", "SimulatedFarm", "Work"]
