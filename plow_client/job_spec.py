"""What a launch says of a job, and launching it."""

from __future__ import annotations

import getpass
import uuid
from dataclasses import dataclass, field, replace

from plow_client.current import server
from plow_client.depend import DependSpec
from plow_client.entity import Ref, id_of
from plow_client.idl import JobSpecT
from plow_client.job import Job
from plow_client.launch_plan import LaunchPlan
from plow_client.layer_spec import LayerSpec
from plow_client.spec import Spec


@dataclass
class JobSpec(Spec):
    """A job to be launched. `project` is a code; an unset `username` means you.

    `priority` is -1000 to 1000, higher first in the project; nothing starts before `start_after`. A `request_id` (a
    UUID) makes launching safe to repeat: the same request is the same job. Unset, each launch is a request of its own.
    `pools` are names, for layers that name none.
    """

    _struct = JobSpecT
    _parts = {"layers": LayerSpec, "depends": DependSpec}
    name: str
    project: str
    layers: list[LayerSpec] = field(default_factory=list)
    paused: bool = False
    username: str | None = None
    uid: int | None = None
    log_path: str | None = None
    depends: list[DependSpec] | None = None
    attrs: dict[str, str] | None = None
    env: dict[str, str] | None = None
    request_id: str | None = None
    priority: int | None = None
    start_after: int | None = None
    pools: list[str] | None = None

    def launch(self) -> Job:
        """Launch it."""
        return launch_job(self)

    def check(self) -> LaunchPlan:
        """What a launch of it would do; nothing is made."""
        return check_launch(self)


def launch_job(spec: JobSpec) -> Job:
    """Launch a job: checked whole, then made in one transaction or not at all.

    It has a request id, so it may be sent again where its answer was lost, and still makes one job.
    """
    request = spec.request_id or str(uuid.uuid4())
    return Job(server().launch(replace(_named(spec), request_id=request).to_wire()))


def check_launch(spec: JobSpec) -> LaunchPlan:
    """What a launch of this spec would do: refusals as a launch has them, filters applied, predictions, warnings."""
    return LaunchPlan(server().checkLaunch(_named(spec).to_wire()))


def get_job_spec(job: Ref) -> JobSpec:
    """The spec as it was launched."""
    return JobSpec.from_wire(server().getJobSpec(id_of(job)))


def _named(spec: JobSpec) -> JobSpec:
    return spec if spec.username else replace(spec, username=getpass.getuser())
