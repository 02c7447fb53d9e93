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
FAILING_ENDS = ("EXITED", "NOT_STARTED", "MEMORY", "RUN_TIME", "SILENCE", "LOG_ERROR")


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
    uncallable_after_s: float = setting(
        60.0,
        "Seconds of failed calls to a node that pings until the answers to its pings settle what it holds.",
        minimum=0.1,
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
    uncallable_calls: int = setting(
        3, "Failed calls in a row until nothing is booked on a node before it answers one.", minimum=1
    )
    reserve_after_s: float = setting(
        30.0,
        "Seconds that smaller work may pass over a task that found no room, until a node is kept for it.",
        minimum=0,
    )
    reserve_most: int = setting(8, "Most nodes that are kept at a time; 0 = none.", minimum=0)
    share_half_life_h: float = setting(
        24.0, "Hours after which what a project used counts half in its share.", minimum=0.001
    )
    statement_s: float = setting(5.0, "Seconds one statement of dispatch may take.", minimum=0.1)
    heartbeat_s: float = setting(5.0, "Seconds between signs of life of the leader.", minimum=0.1)
    leader_silent_s: float = setting(
        15.0, "Seconds without one until the database ends a frozen leader's session.", minimum=0.5
    )
    standby_poll_s: float = setting(1.0, "Seconds between attempts of a standby to lead.", minimum=0.05)


@dataclass(frozen=True)
class Failure:
    """What failures are taken for, and what follows; 0 turns a rule off."""

    avoid_after: int = setting(3, "Failures of a job on a node until it stays away from it.", minimum=0)
    avoid_first_s: float = setting(
        600.0, "Seconds for which it does; doubles with each failure after that.", minimum=1
    )
    avoid_most_s: float = setting(86_400.0, "Longest such time.", minimum=1)
    node_failures: int = setting(5, "Failures in a row on a node until it is set aside as REPAIR.", minimum=0)
    node_jobs: int = setting(3, "Jobs that these must be of.", minimum=1, maximum=100)
    nodes_most_percent: int = setting(
        25,
        "Part of all nodes that the farm may set aside by itself, %; one it may, if another takes work.",
        minimum=0,
        maximum=100,
    )
    job_failures: int = setting(
        10, "Failures of a job, and not one success since the first, until it is paused.", minimum=0
    )
    job_nodes: int = setting(
        5,
        "Nodes that these must be on; where fewer could run it, on all of these, and on two at least.",
        minimum=1,
        maximum=100,
    )
    poison_nodes: int = setting(3, "Nodes lost under a task until it is dead.", minimum=0)
    final_ends: tuple[str, ...] = setting(
        (),
        "Ends that are not tried again, whatever retries are left: of EXITED, NOT_STARTED, MEMORY, RUN_TIME, SILENCE,"
        " LOG_ERROR.",
    )
    read_most: int = setting(
        20_000, "Attempts read to answer which failures there are, the newest.", minimum=1, maximum=200_000
    )

    def __post_init__(self) -> None:
        for end in self.final_ends:
            if end not in FAILING_ENDS:
                raise ValueError(f"failure.final_ends: '{end}' is none of {', '.join(FAILING_ENDS)}")


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
class History:
    """What earlier attempts are used for, and how long finished jobs are kept whole."""

    learn_every_s: float = setting(2.0, "Seconds until what ended is learnt from.", minimum=0.1)
    ram_quantile: float = setting(
        0.95, "Part of the earlier attempts whose memory a booking is to suffice for.", minimum=0.5, maximum=1
    )
    ram_margin: float = setting(
        0.08, "Part by which more is booked; besides this, the fewer attempts are known, the more.", minimum=0
    )
    ends_every_s: float = setting(15.0, "Seconds between looks for when jobs will be done.", minimum=1)
    archive_days: float = setting(
        7.0, "Days after its end that a job's tasks are kept; its layers, spec and attempts stay.", minimum=0
    )
    archive_every_s: float = setting(60.0, "Seconds between looks for jobs to archive.", minimum=1)
    forget_days: float = setting(
        730.0, "Days that is known what a kind of task used of which there were no more.", minimum=1
    )


@dataclass(frozen=True)
class Job:
    """What a new job gets."""

    log_root: Path | None = setting(
        None,
        "Folder for the logs of tasks, same on all nodes; unset = `logs` in the data folder.",
    )
    log_roots: tuple[str, ...] | None = setting(
        None, "More folders with logs that this server may read itself; all others are read on the nodes."
    )
    log_read_s: float = setting(
        3.0, "Seconds to read a piece of a log here, before the node is asked for it.", minimum=0.05
    )
    log_readers: int = setting(
        16, "Files with logs read at once; those on a disk that hangs count, too.", minimum=1, maximum=256
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
    event_waiters_per_address: int = setting(
        500, "Of these, calls that come from one address; 0 = no limit.", minimum=0
    )
    versions_per_layer: int = setting(
        100, "Versions of a layer's command that are kept, the newest.", minimum=1
    )
    versions_mb: int = setting(8, "Most of them in one answer, MB, the newest.", minimum=1, maximum=1024)
    search_s: float = setting(
        2.0, "Longest that a search for names by an expression, or a query, may take, seconds.", minimum=0.001
    )
    query_terms: int = setting(200, "Most terms of a query, joins counted.", minimum=1, maximum=10_000)
    query_depth: int = setting(50, "Deepest nesting of a query.", minimum=1, maximum=100)
    query_values: int = setting(10_000, "Most values of all terms of a query.", minimum=1)
    query_chars: int = setting(1_000, "Longest text in a query, characters.", minimum=1)
    query_tasks: int = setting(
        200_000, "Most tasks that a query may look at; their number is known before one is read.", minimum=1
    )
    event_wait_s: float = setting(30.0, "Longest that a call waits for events, seconds.", minimum=0)
    events_default: int = setting(
        1_000, "Events in one answer where the caller does not say how many.", minimum=1
    )
    events_per_answer: int = setting(10_000, "Most events of one answer.", minimum=1)
    blame_default: int = setting(
        100, "Entries of a history in one answer where the caller does not say how many.", minimum=1
    )
    blame_per_answer: int = setting(10_000, "Most entries of a history in one answer.", minimum=1)
    name_chars: int = setting(
        255, "Longest name of a job, layer, task, tag, user or program, characters.", minimum=1, maximum=255
    )
    path_chars: int = setting(4_096, "Longest path of an output or a log, characters.", minimum=1)
    command_words: int = setting(4_096, "Most words of a command.", minimum=1)
    word_bytes: int = setting(
        131_072, "Longest word of a command, bytes; Linux takes no longer one.", minimum=1, maximum=131_072
    )
    command_bytes: int = setting(1_048_576, "Longest command, bytes of all its words.", minimum=1)
    variables: int = setting(256, "Most environment variables of a job or layer.", minimum=1)
    variable_bytes: int = setting(32_768, "Longest value of an environment variable, bytes.", minimum=1)
    env_bytes: int = setting(131_072, "Largest environment of a job or layer, bytes.", minimum=1)
    attrs: int = setting(1_000, "Most attributes of a job or output.", minimum=1)
    attrs_bytes: int = setting(
        131_072, "Keys and values of all attributes of a job or output, bytes.", minimum=1, maximum=1_048_576
    )
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
    failure: Failure = Failure()
    housekeeping: Housekeeping = Housekeeping()
    history: History = History()
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
