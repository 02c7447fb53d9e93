"""What idle connections cost: memory, threads, and the time of a new call beside them.

python -m benchmarks.rpc_idle [CONNECTIONS]
"""

from __future__ import annotations

import socket
import sys
import time

from benchmarks.rpc_servers import exchange, ours, report, request, running, status, stock
from plow_client.rpc.codec import Dialect


def main(connections: int = 2000) -> None:
    """Open the connections, one call on each, then look at the server."""
    asked = request("getPlowTime", Dialect.FRAMED_BINARY)
    found = []
    for server in (ours, stock):
        with running(server) as (address, pid):
            before, begun = status(pid, "VmRSS"), time.perf_counter()
            peers = [socket.create_connection(address) for _ in range(connections)]
            for peer in peers:
                exchange(peer, asked)
            opened = time.perf_counter() - begun
            begun = time.perf_counter()
            with socket.create_connection(address) as peer:
                exchange(peer, asked)
            new = (time.perf_counter() - begun) * 1e3
            rss = status(pid, "VmRSS")
            found.append((rss / 1024, (rss - before) / connections, status(pid, "Threads"), opened, new))
            for peer in peers:
                peer.close()
    names = [("memory in all", "MB"), ("memory a connection", "kB"), ("threads", ""), ("to open all", "s")]
    for (name, unit), mine, baseline in zip([*names, ("a new call", "ms")], *found, strict=True):
        report(f"{connections} idle: {name}", mine, baseline, unit)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
