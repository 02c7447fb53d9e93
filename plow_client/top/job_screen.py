"""One job: its layers, its tasks, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from plow_client.cli.words import visible
from plow_client.top import deeds
from plow_client.top.columns import LAYERS, TASKS_OF_JOB
from plow_client.top.deeds import Deeds
from plow_client.top.dialogs import Confirm
from plow_client.top.feed import MOST_TASKS, Feed, Opened
from plow_client.top.grid import Grid
from plow_client.top.rows import JobRow, LayerRow, TaskRow
from plow_client.top.words import left

_BY_STATE = 1
MOST_LAYERS = 12  # in sight
_MOST_LINES = 5


class JobScreen(ModalScreen[None]):
    """Layers above, tasks below, what people ask about first; Enter on a task shows the end of its log."""

    DEFAULT_CSS = """
    JobScreen { background: #16181b; }
    JobScreen #title { height: 1; background: #2c3036; padding: 0 1; }
    JobScreen #why { height: auto; max-height: 8; color: #f0b35a; padding: 0 1; }
    JobScreen #layers { height: 2; }
    JobScreen #tasks { height: 1fr; border-top: solid #33373e; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.pop_screen", "back", priority=True),
        Binding("w", "why", "why"),
        Binding("p", "pause", "pause"),
        Binding("r", "retry", "retry"),
        Binding("K", "kill", "kill"),
        Binding("tab", "app.focus_next", "layers/tasks"),
        Binding("space", "app.refresh_now", "refresh"),
    ]

    def __init__(self, job: JobRow, feed: Feed, hand: Deeds) -> None:
        super().__init__()
        self.job, self._feed, self._deeds = job, feed, hand
        self.layer_grid: Grid[LayerRow] = Grid(LAYERS, id="layers")
        self.task_grid: Grid[TaskRow] = Grid(TASKS_OF_JOB, _BY_STATE, id="tasks")
        self.why_lines: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """From above."""
        yield Static(id="title")
        yield Static(id="why")
        yield self.layer_grid
        yield self.task_grid
        yield Footer()

    def on_mount(self) -> None:
        """Ask for it."""
        for grid in (self.layer_grid, self.task_grid):
            grid.clock_ms = self._feed.farm.clock_ms
        self._title(is_cut=False)
        self.task_grid.focus()
        self._feed.open(self.job.id)
        self.set_interval(1.0, self.task_grid.draw_changes)

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self._feed.open(None)

    def show(self, told: Opened) -> None:
        """What the feed has read."""
        if told.job is not None:
            self.job = told.job
            self.layer_grid.styles.height = 1 + min(max(len(told.layers), 1), MOST_LAYERS)
            self.layer_grid.show(told.layers)
            self.task_grid.show(told.tasks)
        self.why_lines = tuple(told.why)
        self.query_one("#why", Static).update(Text("\n".join(map(visible, _first(told.why)))))
        self._title(told.is_cut)

    def _title(self, is_cut: bool) -> None:
        row = self.job
        end = left(row.end_ms, self.task_grid.now())
        cut = f"   the first {MOST_TASKS:,} tasks" if is_cut else ""
        told = f"{row.name}   {row.chip.text}   {row.user}   {row.done:,}/{row.total:,} done   ETA {end}{cut}"
        self.query_one("#title", Static).update(Text(told, "bold"))

    @property
    def _chosen(self) -> TaskRow | None:
        return self.task_grid.selected if self.task_grid.has_focus else None

    def on_grid_opened(self, event: Grid.Opened) -> None:
        """A task's log."""
        event.stop()
        if isinstance(event.row, TaskRow):
            self._deeds.ask(deeds.log(event.row))

    def action_why(self) -> None:
        """Of what is selected."""
        row = self._chosen or (self.layer_grid.selected if self.layer_grid.has_focus else None) or self.job
        self._deeds.ask(deeds.why(row.id, row.name))

    def action_pause(self) -> None:
        """The job."""
        self._deeds.ask(deeds.pause(self.job))

    def action_retry(self) -> None:
        """The task that is selected, or among layers all dead tasks of the job."""
        task = self._chosen
        self._deeds.ask(deeds.retry_task(task) if task else deeds.retry_dead(self.job))

    def action_kill(self) -> None:
        """Stop the task that is selected; it is queued again."""
        task = self._chosen
        if task is not None:
            ask = Confirm(f"Stop task {task.name} and queue it again?")
            self.app.push_screen(ask, lambda yes: self._deeds.ask(deeds.kill_task(task)) if yes else None)


def _first(why: Sequence[str]) -> list[str]:
    """The sentence, what is nearest and what would help; `w` shows the rest."""
    upto = next((place for place, line in enumerate(why) if line == "Refused by"), len(why))
    return [line for line in why[:upto] if line][:_MOST_LINES]
