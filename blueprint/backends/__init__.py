"""Where a job goes: to the farm, or to this machine."""
