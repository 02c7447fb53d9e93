"""Not in my back yard: a workstation that gives itself to the farm when idle and takes itself back."""
