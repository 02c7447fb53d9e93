"""`plow completion`: the script that makes a shell complete commands, options and names of the farm."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash:  echo 'eval "$(plow completion bash)"' >> ~/.bashrc
    zsh:   echo 'eval "$(plow completion zsh)"' >> ~/.zshrc
    fish:  plow completion fish > ~/.config/fish/completions/plow.fish
    """
    from plow_client.cli.main import cli

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(cli, {}, "plow", "_PLOW_COMPLETE").source())
