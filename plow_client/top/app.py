"""`plow top`: the lists of jobs and nodes, their keys, and what happens on the farm."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import ContentSwitcher, Footer, Input, Static

from plow_client.errors import Invalid
from plow_client.query import Kind, parse
from plow_client.top import deeds
from plow_client.top.columns import JOBS, NODES
from plow_client.top.deeds import Deeds, Done, Text
from plow_client.top.dialogs import Confirm, Reading
from plow_client.top.feed import BadFilter, Farm, Feed, Lost, Opened
from plow_client.top.grid import Grid
from plow_client.top.header import SAMPLE_S, Header
from plow_client.top.job_screen import JobScreen
from plow_client.top.rows import JobRow, NodeRow

Row = TypeVar("Row", JobRow, NodeRow)
_AGE = 9  # the column that jobs are sorted by at first: the newest
HELP = """\
j k, arrows     next, previous          1 2, Tab   jobs, nodes
PgUp PgDn g G   far                     Enter      open the job, or why of the node
s S             sort by the next column, the other way; a click on a title, too
/               filter: user=anna and dead>0, state=down or locked, ...; Esc takes it away

w   why it waits, runs or is idle       Space   read everything now
p   pause the job, or let it go on      l       lock the node, or unlock it
r   queue the job's dead tasks again    K       end the job (it asks)

In a job: Tab between layers and tasks, Enter the end of a task's log, w why, r retry, K stop and queue again, Esc back.
q   quit"""


class News(Message):
    """Something from the threads that read and do."""

    def __init__(self, told: object) -> None:
        super().__init__()
        self.told = told


class TopApp(App[None]):
    """The screen. Nothing in it calls the farm: feed and deeds do, on threads of their own."""

    TITLE = "plow top"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #tabs { height: 1; background: #22252a; color: #98a1ad; padding: 0 1; }
    #filter { display: none; height: 1; border: none; padding: 0 1; background: #264f73; }
    #filter.is-open { display: block; }
    #fault { display: none; height: auto; color: #ff8a75; padding: 0 1; }
    #fault.is-open { display: block; }
    ContentSwitcher { height: 1fr; background: #16181b; }
    Grid { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "list('jobs')", "jobs", show=False),
        Binding("2", "list('nodes')", "nodes", show=False),
        Binding("tab", "other", "jobs/nodes", priority=True),
        Binding("slash", "filter", "filter"),
        Binding("w", "why", "why"),
        Binding("p", "pause", "pause"),
        Binding("r", "retry", "retry dead"),
        Binding("K", "kill", "kill"),
        Binding("l", "lock", "lock node"),
        Binding("space", "refresh_now", "refresh"),
        Binding("question_mark", "help", "help"),
        Binding("escape", "clear_filter", show=False),
        Binding("q", "quit", "quit"),
    ]

    def __init__(self, host: str, noun: str = "jobs", where: str = "") -> None:
        super().__init__()
        self.feed = Feed(lambda told: self.post_message(News(told)))
        self.hand = Deeds(lambda told: self.post_message(News(told)), self.feed.refresh)
        self.header = Header(host)
        self.jobs: Grid[JobRow] = Grid(JOBS, _AGE, id="jobs")
        self.nodes: Grid[NodeRow] = Grid(NODES, id="nodes")
        self.farm = Farm()
        self.tabs, self.fault_line = Static(id="tabs"), Static(id="fault")
        self.line = Input(id="filter", placeholder="user=anna and dead>0", compact=True)
        self.lists = ContentSwitcher(self.jobs, self.nodes, initial=noun)
        self._noun = noun
        self._where = {"jobs": "", "nodes": ""} | {noun: where}
        self.fault = ""

    def compose(self) -> ComposeResult:
        """From above."""
        yield self.header
        yield self.tabs
        yield self.lists
        yield self.fault_line
        yield self.line
        yield Footer()

    def on_mount(self) -> None:
        """Begin to read."""
        self.feed.start()
        self.hand.start()
        self.action_list(self._noun)
        if self._where[self._noun]:
            self._filter(self._noun, self._where[self._noun])
        self.set_interval(1.0, self._tick)
        self.set_interval(SAMPLE_S, self.header.sample)

    def on_unmount(self) -> None:
        """No thread may speak to a screen that is gone."""
        self.feed.stop()
        self.hand.stop()

    # -------------------- news

    def on_news(self, message: News) -> None:
        """From the threads."""
        told = message.told
        if isinstance(told, Farm):
            self._show(told)
        elif isinstance(told, Opened):
            self._job_screen_shows(told)
        elif isinstance(told, Lost):
            self.header.show_lost(told.why)
        elif isinstance(told, BadFilter):
            self._tell_fault(told.why)
        elif isinstance(told, Done):
            self.notify(told.sentence, severity="error" if told.is_refused else "information", markup=False)
        elif isinstance(told, Text):
            self.push_screen(Reading(told.title, told.lines, from_end="Why" not in told.title))

    def _job_screen_shows(self, told: Opened) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, JobScreen) and (told.job is None or told.job.id == screen.job.id):
                screen.show(told)

    def _show(self, farm: Farm) -> None:
        """Take in what was read; only what differs is drawn."""
        before, self.farm = self.farm, farm
        self.jobs.clock_ms = self.nodes.clock_ms = farm.clock_ms
        if farm.jobs is not before.jobs or farm.matching_jobs != before.matching_jobs:
            self.jobs.show(_matching(farm.jobs, farm.matching_jobs))
        if farm.nodes is not before.nodes or farm.matching_nodes != before.matching_nodes:
            self.nodes.show(_matching(farm.nodes, farm.matching_nodes))
        self.header.show_farm(farm)
        self._tell_sight()
        self._tabs()

    def _tick(self) -> None:
        """Ages grow."""
        self.grid.draw_changes()
        self._warn_of_silence()

    def _warn_of_silence(self) -> None:
        silent_s = self.feed.silent_s
        if silent_s > 5:
            self.header.show_lost(f"no answer for {silent_s:.0f} s")

    def _tabs(self) -> None:
        parts = []
        for key, noun, grid, all_of_them in (
            ("1", "jobs", self.jobs, len(self.farm.jobs)), ("2", "nodes", self.nodes, len(self.farm.nodes)),
        ):  # fmt: skip
            shown = (
                f"{len(grid.rows):,}"
                if len(grid.rows) == all_of_them
                else f"{len(grid.rows):,} of {all_of_them:,}"
            )
            told = f"{key} {noun} {shown}"
            parts.append(f"[b #dde1e6 on #264f73] {told} [/]" if noun == self._noun else f" {told} ")
        where = self._where[self._noun].replace("[", r"\[")
        filtered = f"   filter: {where}" if where else ""
        self.tabs.update("  ".join(parts) + filtered)

    # -------------------- lists

    @property
    def grid(self) -> Grid[JobRow] | Grid[NodeRow]:
        """The list that is shown."""
        return self.jobs if self._noun == "jobs" else self.nodes

    def action_list(self, noun: str) -> None:
        """Show jobs or nodes."""
        self._noun = noun
        self.lists.current = noun
        self.grid.focus()
        self._tell_sight()
        self._tabs()

    def action_other(self) -> None:
        """The other list."""
        self.action_list("nodes" if self._noun == "jobs" else "jobs")

    def on_grid_looked(self) -> None:
        """Other rows are in sight."""
        self._tell_sight()

    def on_grid_opened(self, event: Grid.Opened) -> None:
        """A job opens; a node says why."""
        if isinstance(event.row, JobRow):
            self.push_screen(JobScreen(event.row, self.feed, self.hand))
        else:
            self.action_why()

    def _tell_sight(self) -> None:
        self.feed.look_at_nodes(row.id for row in self.nodes.in_sight) if self._noun == "nodes" else None

    # -------------------- the filter line

    def action_filter(self) -> None:
        """Open the line."""
        self.line.value = self._where[self._noun]
        self.line.add_class("is-open")
        self.line.focus()

    def action_clear_filter(self) -> None:
        """Close the line; without it, everything is shown again."""
        if self.line.has_class("is-open"):
            self._close_line()
        elif self._where[self._noun]:
            self._filter(self._noun, "")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Look whether it makes sense, and ask for it."""
        self._filter(self._noun, event.value.strip())

    def _filter(self, noun: str, text: str) -> None:
        kind: Kind = "job" if noun == "jobs" else "node"
        try:
            if text:
                parse(text, kind)
        except Invalid as error:
            self._tell_fault(error.why)
            return
        self._where[noun] = text
        self._close_line()
        self._tabs()
        self.feed.filter(kind, text)

    def _close_line(self) -> None:
        self._tell_fault("")
        self.line.remove_class("is-open")
        self.grid.focus()

    def _tell_fault(self, why: str) -> None:
        self.fault = why
        self.fault_line.update(why.replace("[", r"\["))
        self.fault_line.set_class(bool(why), "is-open")

    # -------------------- deeds

    @property
    def _job(self) -> JobRow | None:
        return self.jobs.selected if self._noun == "jobs" else None

    def action_why(self) -> None:
        """Why it waits, runs or is idle."""
        row = self.grid.selected
        if row is not None:
            self.hand.ask(deeds.why(row.id, row.name))

    def action_pause(self) -> None:
        """Pause a job, or let it go on."""
        if self._job is not None:
            self.hand.ask(deeds.pause(self._job))

    def action_retry(self) -> None:
        """Queue its dead tasks again."""
        if self._job is not None:
            self.hand.ask(deeds.retry_dead(self._job))

    def action_kill(self) -> None:
        """Ask, and end a job."""
        row = self._job
        if row is not None:
            question = (
                f"End job {row.name}? {deeds.counted(row.open, 'task')} of {row.total:,} not done,"
                f" {row.running:,} running now."
            )
            self.push_screen(Confirm(question), lambda yes: self.hand.ask(deeds.kill(row)) if yes else None)

    def action_lock(self) -> None:
        """Lock a node, or unlock it."""
        node = self.nodes.selected if self._noun == "nodes" else None
        if node is not None:
            self.hand.ask(deeds.lock(node))

    def action_refresh_now(self) -> None:
        """Read everything."""
        self.feed.refresh()

    def action_help(self) -> None:
        """The keys."""
        self.push_screen(Reading("Keys", HELP.splitlines()))


def _matching(rows: dict[str, Row], ids: frozenset[str] | None) -> list[Row]:
    return [row for id, row in rows.items() if ids is None or id in ids]
