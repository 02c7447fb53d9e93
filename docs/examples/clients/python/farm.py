"""Lists a farm's nodes, folders and jobs, kills JOB, launches a job of its own and follows it to its end.

    farm.py HOST:PORT binary|compact buffered|framed JOB

In Apache Thrift's own Python, which needs nothing of Plow but plow.thrift: docs/bindings.md tells how to build it.
Python programs that may use Plow's client have less to write: docs/guide/python.md.
"""

import getpass
import sys
import uuid

from plow import RpcService
from plow.ttypes import (
    JobFilterT,
    JobSpecT,
    JobState,
    LayerSpecT,
    NodeFilterT,
    NodeState,
    PlowException,
    TaskFilterT,
)
from thrift.protocol.TBinaryProtocol import TBinaryProtocolAccelerated
from thrift.protocol.TCompactProtocol import TCompactProtocolAccelerated
from thrift.Thrift import TException
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TBufferedTransport, TFramedTransport, TTransportException

PROTOCOLS = {"binary": TBinaryProtocolAccelerated, "compact": TCompactProtocolAccelerated}
TRANSPORTS = {"buffered": TBufferedTransport, "framed": TFramedTransport}
KINDS = ["internal", "not found", "already exists", "invalid", "not allowed now", "denied", "unavailable"]
WAIT_MS = 10_000  # the socket's own limit must be longer


class Farm:
    """A connection for one thread. It is thrown away after any fault that is not the server's refusal."""

    def __init__(self, address, protocol, transport):
        self.host, _, self.port = address.rpartition(":")
        self.protocol, self.transport = PROTOCOLS[protocol], TRANSPORTS[transport]
        self.open()

    def open(self):
        socket = TSocket(self.host, int(self.port))
        socket.setTimeout(3 * WAIT_MS)
        self.pipe = self.transport(socket)
        self.pipe.open()
        self.client = RpcService.Client(self.protocol(self.pipe, fallback=True))
        self.client.introduce(getpass.getuser(), "farm.py")

    def ask(self, call, *words):
        """Call; where the connection is lost, once more over a new one. All that is asked here may be repeated."""
        try:
            return getattr(self.client, call)(*words)
        except (TTransportException, OSError) as fault:
            print(f"connection lost ({fault}): asking again", file=sys.stderr)
        self.pipe.close()
        self.open()
        return getattr(self.client, call)(*words)


def show(farm):
    """What is there."""
    for node in farm.ask("getNodes", NodeFilterT()):
        state = NodeState._VALUES_TO_NAMES[node.state]
        print(f"node {node.name} {state}, {node.idleCores} of {node.totalCores} cores idle")
    for folder in farm.ask("getFolders", "default"):
        print(f"folder {folder.name}")
    for job in farm.ask("getJobs", JobFilterT(states=[JobState.RUNNING])):
        done, total = job.totals.succeededTaskCount, job.totals.totalTaskCount
        print(f"job {job.name} of {job.username}, {done} of {total} tasks done")


def kill(farm, name):
    """End an unfinished job."""
    job = farm.ask("getActiveJob", name)
    farm.ask("killJob", job.id, "killed by the Python example")
    print(f"killed {name}")


def launch(farm):
    """A job of three tasks; the request id lets it be launched again without making a second one."""
    layer = LayerSpecT(
        name="hello",
        command=["sh", "-c", "echo frame %{FRAME}"],
        range="1-3",
        maxRetries=0,  # unset would mean the default, 2
    )
    request = str(uuid.uuid4())
    spec = JobSpecT(
        name=f"python_{request[:8]}",
        project="default",
        username=getpass.getuser(),
        layers=[layer],
        requestId=request,
    )
    job = farm.ask("launch", spec)
    print(f"launched {job.name}")
    return job


def follow(farm, job, place):
    """Print every change of state of a job and its tasks, from a place among the events, until the job ends."""
    names = {task.id: task.name for task in farm.ask("getTasks", TaskFilterT(jobId=job.id))}
    state = job.state
    while state != JobState.FINISHED:
        page = farm.ask("getEvents", place, 0, WAIT_MS)
        place = page.nextSequence
        for event in page.events:
            if event.jobId == job.id and event.change == "state":
                print(f"{names.get(event.objectId, job.name)} {event.oldValue} -> {event.newValue}")
                if event.noun == "job":
                    state = JobState._NAMES_TO_VALUES[event.newValue]
        if not page.isComplete:  # away for so long that what happened is not kept any more
            state = farm.ask("getJob", job.id).state
    return farm.ask("getJob", job.id)


def main(address, protocol, transport, victim):
    farm = Farm(address, protocol, transport)
    show(farm)
    kill(farm, victim)
    now = farm.ask("getEvents", -1, 1, 0)  # from before the launch on, so that nothing is missed
    job = follow(farm, launch(farm), now.nextSequence)
    print(f"{job.totals.succeededTaskCount} of {job.totals.totalTaskCount} tasks succeeded")
    return 0 if job.totals.succeededTaskCount == job.totals.totalTaskCount else 1


if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[2] not in PROTOCOLS or sys.argv[3] not in TRANSPORTS:
        sys.exit(__doc__)
    try:
        sys.exit(main(*sys.argv[1:]))
    except PlowException as refusal:
        incident = f" (incident {refusal.incident})" if refusal.incident else ""
        kind = KINDS[refusal.code] if refusal.code < len(KINDS) else "refused"
        print(f"{kind}: {refusal.why}{incident}", file=sys.stderr)
    except (TException, OSError) as fault:
        print(f"no answer from {sys.argv[1]}: {fault}", file=sys.stderr)
    sys.exit(1)
