"""Listens, tells what it was told, ends on SIGTERM."""

import os
import signal
import socket
import sys

if os.environ.get("FAKE_SERVER") == "broken":
    sys.exit("the database did not start")
words = sys.argv[1:]
asked = [int(words[words.index(option) + 1]) for option in ("--rpc-port", "--node-port")]
listening = [socket.create_server(("127.0.0.1", port)) for port in asked]
ports = [listener.getsockname()[1] for listener in listening]
print("plow-server told", *words)
if os.environ.get("FAKE_SERVER") == "mute":
    signal.pause()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("plow-server stopped")))
print(f"plow-server ready rpc=127.0.0.1:{ports[0]} node=127.0.0.1:{ports[1]}")
while True:
    signal.pause()
