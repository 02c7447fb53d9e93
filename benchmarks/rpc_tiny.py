"""Calls a second of the smallest call, against the library's threaded server in the same run.

python -m benchmarks.rpc_tiny [SECONDS]
"""

from __future__ import annotations

import sys

from benchmarks.rpc_servers import ours, rate, report, request, running, stock
from plow_client.rpc.codec import Dialect


def main(seconds: float = 3.0) -> None:
    """Print one line for each dialect and number of clients."""
    for dialect in (Dialect.FRAMED_BINARY, Dialect.FRAMED_COMPACT):
        asked = request("getPlowTime", dialect)
        for clients in (1, 8):
            found = []
            for server in (ours, stock):
                with running(server, dialect) as (address, _):
                    found.append(rate(address, asked, clients, seconds))
            report(f"tiny {dialect.value}, {clients} clients", found[0][0], found[1][0], "calls/s")
            report("    median", found[0][1], found[1][1], "ms")
            report("    99th percentile", found[0][2], found[1][2], "ms")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
