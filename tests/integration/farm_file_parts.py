"""A real server with the seed farm behind a socket, in use by the client, and farm files for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from plow_client import current
from plow_client.rpc.listener import Listener
from plow_server.config import Config
from plow_server.database import Database, connect_dedicated
from plow_server.events import Events
from plow_server.handlers.bind import bind


@contextmanager
def served(db: Database, port: int = 0) -> Iterator[Listener]:
    """The client's functions talk to this database."""
    events = Events(lambda: connect_dedicated(db.dsn, name="events"), 20)
    listener = Listener("RpcService", bind(db, Config(), events), port=port)
    listener.start()
    events.start()
    try:
        current.connect(f"{listener.address[0]}:{listener.address[1]}")
        yield listener
    finally:
        events.stop()
        listener.stop()
        current.reconnect()


WHOLE = """\
clusters:
  - {name: render, default: true}
  - {name: gpu, tags: [gpu, linux], locked: true}
pools:
  - {name: Rush, hosts: [r1, R2], exclusive: true}
  - {name: night}
limits:
  - {name: karma, total: 60, per: node, held_back: 5}
services:
  - name: shell
    max_retries: 2
    run: {niceness: 10, max_silence_s: 600, wrapper: [rez, maya]}
    needs: {pools: [rush], gpus: 1}
    retry_rules: {exits: [3, 4], delay_s: 30}
  - {name: maya, min_cores: 4, min_ram: 8192}
projects:
  - name: feature
    title: The Feature
    quotas:
      - {cluster: render, size: 400, burst: 2000}
      - {cluster: gpu, size: 20}
    folders:
      - {name: light, max_cores: 300}
      - {name: comp, min_cores: 10}
    filters:
      - name: light goes to its folder
        matchers:
          - {field: job_name, type: ends_with, value: _light}
          - {field: attr, attr: dept, type: is, value: lighting}
        actions:
          - {type: set_folder, value: light}
          - {type: set_max_cores, value: 400}
      - name: playblasts wait
        enabled: false
        matchers: [{field: user, type: is, value: anna}]
        actions: [{type: pause, value: true}, {type: stop_processing}]
"""
