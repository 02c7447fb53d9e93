"""Every setting of the server, with its default and its meaning.

Sources, later wins: defaults, file, environment `PLOW_SERVER_…`, `-o section.key=value`, command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from plow_client.config import setting
from plow_client.places import state_dir
from plow_client.rpc.limits import Limits

ENVIRONMENT = "PLOW_SERVER_"


@dataclass(frozen=True)
class Server:
    """Where the server listens."""

    host: str = setting("127.0.0.1", "Address to listen on.")
    rpc_port: int = setting(11336, "Port for clients; 0 = any free one.", minimum=0, maximum=65535)
    node_port: int = setting(11337, "Port for node daemons; 0 = any free one.", minimum=0, maximum=65535)
    insecure: bool = setting(
        False, "Listen on an address that other machines reach although nothing is encrypted."
    )
    data: Path | None = setting(
        None,
        "Folder for the embedded database and logs; unset = `server` in Plow's state folder.",
    )
    debug: bool = setting(False, "Log the small steps too.")
    stop_s: float = setting(3.0, "Seconds that work in flight is given when the server stops.", minimum=0)


@dataclass(frozen=True)
class DatabaseSettings:
    """Which PostgreSQL, and how its sessions behave."""

    url: str = setting(
        "", "URL of a PostgreSQL 14 or newer, several hosts allowed; unset = an embedded one.", secret=True
    )
    pool_min: int = setting(2, "Connections kept open.", minimum=1)
    pool_max: int = setting(16, "Most connections of the pool.", minimum=2)
    connect_s: float = setting(3.0, "Seconds to connect.", minimum=0.1)
    checkout_s: float = setting(5.0, "Seconds a call waits for a free connection.", minimum=0.1)
    statement_s: float = setting(30.0, "Seconds one statement may take.", minimum=0.1)
    lock_s: float = setting(2.0, "Seconds one statement waits for a lock.", minimum=0.1)
    idle_in_transaction_s: float = setting(
        3.0, "Seconds a transaction may do nothing: so long can a frozen server hold its rows.", minimum=0.1
    )
    hung_s: float = setting(10.0, "Seconds without an answer until a connection is cut.", minimum=0.1)
    reconnect_s: float = setting(3.0, "Longest pause between attempts to reconnect.", minimum=0.1)


@dataclass(frozen=True)
class Node:
    """When a node is believed, and when it is given up."""

    ping_interval_s: int = setting(10, "Seconds between pings that nodes are asked for.", minimum=1)
    silent_s: float = setting(30.0, "Seconds without a ping until nothing new is booked.", minimum=1)
    lost_after_s: float = setting(
        300.0, "Seconds without a ping, while we could hear, until its tasks are queued again.", minimum=1
    )
    vanished_after_s: float = setting(
        2.0, "Age of a confirmed start from which a ping that does not list it makes us ask.", minimum=0
    )
    default_port: int = setting(
        11338, "Port of a node that says no address, as those of Plow 2013.", minimum=1, maximum=65535
    )
    call_s: float = setting(10.0, "Seconds a call to a node may take.", minimum=0.1)
    threads: int = setting(32, "Nodes that are called at once.", minimum=1, maximum=256)


@dataclass(frozen=True)
class Dispatch:
    """How work is booked and started."""

    slice: int = setting(500, "Most starts booked in one transaction.", minimum=1, maximum=5000)
    inbox: int = setting(500, "Most results stored in one transaction.", minimum=1, maximum=1000)
    plan: int = setting(2_000, "Most starts planned at once; results are stored in between.", minimum=1)
    visit: int = setting(4, "Starts a job gets before it is compared with the others again.", minimum=1)
    single_leader: bool = setting(
        True, "Whether one server books at a time, which is fastest; several at once are safe too."
    )
    reload_s: float = setting(10.0, "Seconds until the picture of the farm is read anew anyway.", minimum=0.1)
    resend_after_s: float = setting(
        5.0, "Age of a start or stop that the node has not confirmed until it is sent again.", minimum=0.1
    )
    refused_wait_s: float = setting(
        1.0, "Pause for a node that refused a start; doubles with each refusal.", minimum=0.01
    )
    refused_wait_most_s: float = setting(60.0, "Longest such pause.", minimum=0.01)
    unreachable_wait_s: float = setting(
        5.0, "Pause for a node that could not be called, before more is booked there.", minimum=0.01
    )
    statement_s: float = setting(5.0, "Seconds one statement of dispatch may take.", minimum=0.1)
    heartbeat_s: float = setting(5.0, "Seconds between signs of life of the leader.", minimum=0.1)
    leader_silent_s: float = setting(
        15.0, "Seconds without one until the database ends a frozen leader's session.", minimum=0.5
    )
    standby_poll_s: float = setting(1.0, "Seconds between attempts of a standby to lead.", minimum=0.05)


@dataclass(frozen=True)
class Housekeeping:
    """Timed work; each on one server at a time."""

    silent_every_s: float = setting(5.0, "Seconds between looks for silent nodes.", minimum=0.1)
    lost_every_s: float = setting(10.0, "Seconds between looks for lost nodes.", minimum=0.1)
    depend_every_s: float = setting(1.0, "Seconds between looks for depends to release.", minimum=0.1)
    partition_every_s: float = setting(3600.0, "Seconds between looks for missing history tables.", minimum=1)
    history_every_s: float = setting(600.0, "Seconds between looks for history to clear.", minimum=1)
    blame_days: float = setting(400.0, "Days that is kept who changed what.", minimum=0)
    event_days: float = setting(7.0, "Days that events are kept for those who read them late.", minimum=0)
    listening_gap_s: float = setting(
        5.0, "Longest gap between signs of life of any server that still counts as listening.", minimum=1
    )


@dataclass(frozen=True)
class Job:
    """What a new job gets."""

    log_root: Path | None = setting(
        None,
        "Folder for the logs of tasks, same on all nodes; unset = `logs` in the data folder.",
    )
    kill_grace_s: int = setting(
        10, "Seconds between asking a process to end and ending it.", minimum=0, maximum=86_400
    )


@dataclass(frozen=True)
class Limit:
    """How large one request may be."""

    layers_per_job: int = setting(1_000, "Most layers of a job.", minimum=1)
    tasks_per_job: int = setting(100_000, "Most tasks of a job.", minimum=1)
    frames_per_job: int = setting(2_000_000, "Most frames of a job, over all its tasks.", minimum=1)
    depends_per_job: int = setting(1_000_000, "Most depends made by one launch.", minimum=1)
    jobs_per_user_minute: int = setting(
        600, "Most jobs that one user launches within a minute; 0 = no limit.", minimum=0
    )
    refusals_per_minute: int = setting(
        60, "Refused calls kept for history, of one actor or address; all together ten times that.", minimum=1
    )
    filters_per_project: int = setting(
        2_000, "Most filters of a project; each launch asks them all.", minimum=1
    )
    parts_per_filter: int = setting(200, "Most matchers of a filter, and most actions.", minimum=1)
    reason_chars: int = setting(
        2_000, "Longest reason given with a call: it stands with each attempt that the call ends.", minimum=1
    )
    event_waiters: int = setting(1_000, "Calls that wait for events at once; they hold no thread.", minimum=0)
    rows_per_answer: int = setting(100_000, "Most rows of one answer.", minimum=1)


@dataclass(frozen=True)
class NodeLimits(Limits):
    """The node port: many daemons may share one address, and none sends much."""

    connections: int = setting(16_384, "Connections in all.", minimum=1)
    connections_per_address: int = setting(0, "Connections from one address; 0 = no limit.", minimum=0)
    requests_per_s: float = setting(0.0, "Calls a second from one address, lasting; 0 = no limit.", minimum=0)
    threads: int = setting(24, "Threads that run calls.", minimum=1, maximum=512)


@dataclass(frozen=True)
class Config:
    """All sections; `plow-server check` prints them."""

    server: Server = Server()
    database: DatabaseSettings = DatabaseSettings()
    node: Node = Node()
    dispatch: Dispatch = Dispatch()
    housekeeping: Housekeeping = Housekeeping()
    job: Job = Job()
    limit: Limit = Limit()
    rpc: Limits = Limits()
    node_rpc: NodeLimits = NodeLimits()


def data_dir(config: Config) -> Path:
    """The folder for everything the server keeps on this machine."""
    return config.server.data or state_dir() / "server"


def log_root(config: Config) -> Path:
    """The folder below which tasks log."""
    return config.job.log_root or data_dir(config) / "logs"
