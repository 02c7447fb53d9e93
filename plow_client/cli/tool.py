"""`plow-tool`: the command of Plow 2013, for scripts that call it. It lists jobs; `plow job list` does it better.

plow-tool -ljn [TEXT]     names, one per line; TEXT is an expression that is searched in the name
plow-tool -lj [TEXT]      a table
plow-tool -all …          finished jobs too
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence

from plow_client.cli.columns import Cell, capped, lasted, when
from plow_client.cli.job_columns import job_state
from plow_client.cli.main import report
from plow_client.cli.words import visible
from plow_client.errors import PlowError
from plow_client.idl import JobState
from plow_client.job import Job, get_jobs
from plow_client.logs import event, set_up

log = logging.getLogger(__name__)
_NAME_WIDTH = 40
_RULE_WIDTH = 160
_TITLES = ("Job", "State", "User", "Pend", "Run", "Min", "Max", "RAM", "Duration", "Start Time", "End Time")
_WIDTHS = (_NAME_WIDTH, 10, 12, 7, 6, 6, 6, 8, 12, 18, 18)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; the exit status is `plow`'s."""
    parser = _parser()
    said = parser.parse_args(arguments)
    if said.names is None and said.table is None:
        parser.print_help()
        return 0
    if said.debug:
        set_up(debug=True)
    try:
        _list(
            said.names if said.table is None else said.table, said.everything, is_table=said.table is not None
        )
    except (PlowError, OSError) as error:
        return report(error, "plow-tool")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="plow-tool", description="Lists the jobs of a Plow farm.")
    add = parser.add_argument
    add("-ljn", dest="names", nargs="?", const="", metavar="TEXT", help="names of jobs, one per line")
    add("-lj", dest="table", nargs="?", const="", metavar="TEXT", help="a table of jobs")
    add("-all", dest="everything", action="store_true", help="finished jobs too")
    add("-debug", dest="debug", action="store_true", help="show what is asked")
    return parser


def _list(text: str, everything: bool, is_table: bool) -> None:
    states = None if everything else [JobState.RUNNING, JobState.POST]
    shown = ",".join(state.name for state in states or JobState)
    log.debug(event("jobs asked", regex=text, states=shown))
    found = get_jobs(regex=text or None, states=states)
    if not is_table:
        for job in found:
            print(visible(job.name))
        return
    print(_line(_TITLES))
    print("-" * _RULE_WIDTH)
    for job in found:
        print(_line(_cells(job)))


def _cells(job: Job) -> tuple[Cell, ...]:
    totals = job.totals
    return (
        job.name[:_NAME_WIDTH],
        job_state(job),
        job.username,
        totals.waiting + totals.depend,
        job.run_cores,
        job.min_cores,
        capped(job.max_cores),
        job.stats.high_ram,
        lasted(job.start_time, job.stop_time),
        when(job.start_time),
        when(job.stop_time),
    )


def _line(cells: Sequence[Cell]) -> str:
    return " ".join(
        visible(str(cell)).ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)
    ).rstrip()


if __name__ == "__main__":
    sys.exit(main())
