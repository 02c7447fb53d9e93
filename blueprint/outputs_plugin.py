"""The plugin that tells the farm what a setup task has found: the outputs of the layer that it prepares.

It is on unless the settings switch it off.
"""

from __future__ import annotations

import os

from blueprint.layer import Layer
from blueprint.task import SetupTask
from plow_client import job as farm


def after_execute(layer: Layer) -> None:
    """Register the outputs of the prepared layer; outside the farm there is nobody to tell."""
    job_id = os.environ.get("PLOW_JOB_ID")
    if not job_id or not isinstance(layer, SetupTask) or layer.target is None:
        return
    found = layer.target.outputs()
    if not found:
        return
    there = farm.get_job(job_id).get_layer(layer.target.farm_layer)
    known = {output.path for output in there.get_outputs()}
    for output in found:
        if output.path not in known:
            there.add_output(output.path, {"name": output.name, **output.attrs})
