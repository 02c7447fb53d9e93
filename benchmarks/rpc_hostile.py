"""The worst call of other clients while one peer does its worst; the goal is under 250 ms.

The baseline is the worst call of the same server with nobody attacking. The library's server is not
attacked: the first message would end the run.

python -m benchmarks.rpc_hostile [SECONDS]
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time
from collections.abc import Callable

from benchmarks.rpc_servers import Address, exchange, ours, report, request, running, status
from plow_client import idl
from plow_client.rpc.codec import Dialect

Attack = Callable[[Address, threading.Event], None]
GOAL_MS = 250.0


def main(seconds: float = 3.0) -> None:
    """Print the worst call of four clients for each attack, and what memory the server took."""
    failed = 0
    with running(ours) as (address, pid):
        quiet = _worst(address, lambda *_: None, seconds)
        for name, attack in ATTACKS.items():
            before = status(pid, "VmRSS")
            worst = _worst(address, attack, seconds)
            grown = (status(pid, "VmRSS") - before) / 1024
            report(f"{name} (+{grown:.0f} MB)", worst, quiet, "ms worst")
            failed += worst >= GOAL_MS
    print(f"goal: every line under {GOAL_MS:.0f} ms: {'missed by ' + str(failed) if failed else 'kept'}")


def _worst(address: Address, attack: Attack, seconds: float) -> float:
    over = threading.Event()
    attackers = [threading.Thread(target=_suppressed(attack), args=(address, over)) for _ in range(2)]
    worst = [0.0] * 4
    clients = [threading.Thread(target=_client, args=(address, over, worst, n)) for n in range(4)]
    for thread in clients + attackers:
        thread.start()
    time.sleep(seconds)
    over.set()
    for thread in clients + attackers:
        thread.join()
    return max(worst) * 1e3


def _client(address: Address, over: threading.Event, worst: list[float], number: int) -> None:
    asked = request("getPlowTime", Dialect.FRAMED_BINARY)
    with socket.create_connection(address) as peer:
        while not over.is_set():
            begun = time.perf_counter()
            exchange(peer, asked)
            worst[number] = max(worst[number], time.perf_counter() - begun)
            time.sleep(0.002)


def _suppressed(attack: Attack) -> Attack:
    def run(address: Address, over: threading.Event) -> None:
        try:
            attack(address, over)
        except OSError:
            return

    return run


def _again(data: bytes) -> Attack:
    """Send the same bytes on ever new connections, and wait to be thrown out."""

    def attack(address: Address, over: threading.Event) -> None:
        while not over.is_set():
            try:
                with socket.create_connection(address, timeout=1) as peer:
                    peer.sendall(data)
                    peer.recv(1000)
            except OSError:
                continue

    return attack


def _unread(address: Address, over: threading.Event) -> None:
    """Ask for long lists and never read them."""
    asked = request("getJobs", Dialect.FRAMED_BINARY, filter=idl.JobFilterT())
    with socket.create_connection(address, timeout=0.2) as peer:
        while not over.is_set():
            try:
                peer.sendall(asked)
            except TimeoutError:
                continue


def _crowd(address: Address, over: threading.Event) -> None:
    """Five hundred connections that send a byte and then nothing."""
    peers = [socket.create_connection(address) for _ in range(500)]
    for peer in peers:
        peer.sendall(b"\x00")
    over.wait()
    for peer in peers:
        peer.close()


def _framed(body: bytes) -> bytes:
    head = b"\x80\x01\x00\x01\x00\x00\x00\x0bgetPlowTime\x00\x00\x00\x01"
    return struct.pack(">i", len(head) + len(body)) + head + body


def _spec_of_many_tasks() -> bytes:
    layer = idl.LayerSpecT(
        name="a", command=["b"], tasks=[idl.TaskSpecT(name=f"t{n}") for n in range(50_000)]
    )
    return request("launch", Dialect.FRAMED_BINARY, spec=idl.JobSpecT(name="a", layers=[layer]))


_EMPTY_LIST = b"\x0f\x00\x63\x01\x7f\xff\xff\xff"  # 2**31 - 1 elements of a type that takes no bytes
ATTACKS: dict[str, Attack] = {
    "the 41-byte message": _again(_framed(_EMPTY_LIST + b"\0")),
    "4 KB of the same": _again(_framed(_EMPTY_LIST * 500 + b"\0")),
    "a struct nested 1,000,000 deep": _again(_framed(b"\x0c\x00\x63" * 1_000_000)),
    "a frame of 2 GB announced": _again(b"\x7f\xff\xff\xff\x80" + bytes(95)),
    "1.1 MB specs of 50,000 tasks": _again(_spec_of_many_tasks()),
    "random bytes": _again(bytes(range(1, 256))),
    "a peer that never reads": _unread,
    "1,000 silent peers": _crowd,
}

if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
