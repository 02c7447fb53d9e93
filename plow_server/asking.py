"""A single question to a node, for a client that waits for the answer: reboot, read a log."""

from __future__ import annotations

from typing import Any

from plow_client.rpc.caller import Caller


class AskNode:
    """`ask_node(address, "reboot", now=True)`; what the node refuses it says itself, silence is Unavailable."""

    def __init__(self, call_s: float) -> None:
        self._call_s = call_s

    def __call__(self, address: str, method: str, **arguments: Any) -> Any:
        host, _, port = address.rpartition(":")
        with Caller("RndNodeApi", host.strip("[]"), int(port), timeout_s=self._call_s) as caller:
            return caller.call(method, **arguments)
