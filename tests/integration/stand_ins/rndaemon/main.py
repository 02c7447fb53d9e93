"""Listens, tells what it was told, ends on SIGTERM."""

import os
import signal
import socket
import sys

words = sys.argv[1:]
name = words[words.index("--name") + 1]
if os.environ.get("FAKE_NODE") == name:
    sys.exit("no room for attempts")
listener = socket.create_server(("127.0.0.1", int(words[words.index("--port") + 1])))
print("rndaemon told", *words)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("rndaemon stopped")))
print(f"rndaemon ready node={name} address=127.0.0.1:{listener.getsockname()[1]}")
while True:
    signal.pause()
