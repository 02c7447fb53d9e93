"""A noun of `plow`: a group whose list of verbs says a whole sentence of each."""

from __future__ import annotations

import click

_WHOLE = 1000  # click cuts what is longer than its column; here it goes on in the next line


class Noun(click.Group):
    """The verbs of a noun."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each verb with its first sentence, however long."""
        verbs = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.get_short_help_str(_WHOLE)) for name, verb in verbs if verb])
