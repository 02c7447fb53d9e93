"""Lists of 1,000 jobs a second that the server writes, and that a client of ours reads.

python -m benchmarks.rpc_rows [SECONDS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Literal

from thriftpy2.protocol import TCompactProtocolFactory, TCyBinaryProtocolFactory
from thriftpy2.rpc import make_client
from thriftpy2.transport import TCyFramedTransportFactory, TFramedTransportFactory

from benchmarks.rpc_servers import ours, rate, report, request, running, stock
from plow_client import idl
from plow_client.rpc.caller import Caller
from plow_client.rpc.codec import Dialect


def main(seconds: float = 3.0) -> None:
    """Print one line for each dialect and side."""
    for dialect in (Dialect.FRAMED_BINARY, Dialect.FRAMED_COMPACT):
        asked = request("getJobs", dialect, filter=idl.JobFilterT())
        found = []
        for server in (ours, stock):
            with running(server, dialect) as (address, _):
                found.append(rate(address, asked, 2, seconds))
        report(f"server writes, {dialect.value}", found[0][0], found[1][0], "lists/s")
        mine, unguarded = _readers(dialect, seconds)
        report(f"client reads, guarded, {dialect.value}", mine, unguarded, "lists/s")


def _readers(dialect: Dialect, seconds: float) -> tuple[float, float]:
    """How many lists our caller reads a second, and how many the library's client, which checks nothing."""
    protocol: Literal["binary", "compact"] = "compact" if dialect.is_compact else "binary"
    protocols = TCompactProtocolFactory() if dialect.is_compact else TCyBinaryProtocolFactory()
    transports = TFramedTransportFactory() if dialect.is_compact else TCyFramedTransportFactory()
    everything = idl.JobFilterT()
    with running(ours, dialect) as (address, _):
        with Caller("RpcService", *address, protocol=protocol) as caller:
            mine = _reads(lambda: caller.call("getJobs", filter=everything), seconds)
        theirs = make_client(
            idl.RpcService, *address, proto_factory=protocols, trans_factory=transports, timeout=30_000
        )
        return mine, _reads(lambda: theirs.getJobs(everything), seconds)


def _reads(read: Callable[[], list[object]], seconds: float) -> float:
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        assert len(read()) == 1000
        count += 1
    return count / (time.perf_counter() - begun)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
