"""How much a peer may ask of us: one table, every entry a setting.

The defaults suit the client port. Sizes are checked before anything is decoded, times by a clock of the
listener's own, so that no peer can hold a thread by sending slowly or by not reading.
"""

from __future__ import annotations

from dataclasses import dataclass

from plow_client.config import setting


@dataclass(frozen=True)
class Limits:
    """What one listener accepts, and how it is built."""

    message_bytes: int = setting(16_384_000, "Longest message, bytes.", minimum=1024)
    depth: int = setting(24, "How deep structs and containers may nest.", minimum=4, maximum=48)
    elements: int = setting(500_000, "Elements of all lists, sets and maps of one message.", minimum=1)
    string_bytes: int = setting(8 * 1024 * 1024, "Longest string, bytes.", minimum=1024)
    name_bytes: int = setting(128, "Longest name of a call, bytes.", minimum=16)
    message_s: float = setting(10.0, "Seconds until a begun message must be whole.", minimum=0.05)
    message_s_per_mb: float = setting(1.0, "Seconds granted beyond that for each MB received.", minimum=0)
    drain_s: float = setting(30.0, "Seconds a peer may leave its replies unread.", minimum=0.05)
    handshake_s: float = setting(5.0, "Seconds for a TLS handshake.", minimum=0.05)
    idle_s: float = setting(300.0, "Seconds without a call until a connection is closed.", minimum=0.05)
    stop_s: float = setting(3.0, "Seconds that calls in flight are given when the listener stops.", minimum=0)
    connections: int = setting(4096, "Connections in all.", minimum=1)
    connections_per_address: int = setting(64, "Connections from one address; 0 = no limit.", minimum=0)
    requests_per_s: float = setting(
        200.0, "Calls a second from one address, lasting; 0 = no limit.", minimum=0
    )
    requests_burst: int = setting(1000, "Calls an address may make at once before that holds.", minimum=1)
    loopback_is_limited: bool = setting(
        False,
        "Whether the limits per address hold for 127.0.0.1 and ::1 too, where many users may share one.",
    )
    unfinished_mb: int = setting(256, "Memory for messages not yet whole, of all connections, MB.", minimum=1)
    threads: int = setting(
        16,
        "Threads that run calls; an eighth as many more run those with more than 64 KB.",
        minimum=1,
        maximum=512,
    )

    @property
    def fields(self) -> int:
        """Fields of all structs of one message: an element is seldom more than a name and a few numbers."""
        return 4 * self.elements
