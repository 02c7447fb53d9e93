"""Plow's Python API: what a script, a plug-in or a tool needs to talk to a farm."""
