"""Writes etc/plow-server.toml: every setting with its meaning, commented out.

python -m plow_server.sample > etc/plow-server.toml
"""

from __future__ import annotations

from plow_client.sample import sample
from plow_server.config import Config

HEAD = (
    "Settings of `plow-server`, with their defaults. Read from the file named by --config, else from"
    " ~/.config/plow/plow-server.toml or /etc/plow/plow-server.toml. Later wins: this file, the environment"
    " (PLOW_SERVER_NODE_SILENT_S for node.silent_s), -o node.silent_s=60, the options of the command."
)


def render() -> str:
    """The text of the file."""
    return sample(Config, HEAD)


if __name__ == "__main__":
    print(render(), end="")
