"""Writes etc/rndaemon.toml: every setting with its meaning, commented out.

python -m rndaemon.sample > etc/rndaemon.toml
"""

from __future__ import annotations

from plow_client.sample import sample
from rndaemon.config import Config

HEAD = (
    "Settings of `rndaemon`, with their defaults. Read from the file named by --config, else from"
    " ~/.config/plow/rndaemon.toml or /etc/plow/rndaemon.toml. Later wins: this file, the environment"
    " (PLOW_RNDAEMON_TASK_USER for task.user), -o task.user=NAME, the options of the command."
)


def render() -> str:
    """The text of the file."""
    return sample(Config, HEAD)


if __name__ == "__main__":
    print(render(), end="")
