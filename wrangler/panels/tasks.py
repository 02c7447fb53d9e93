"""Tasks of one job: read in pages once, then only what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Signal

from wrangler.actions.task import TASK_ACTIONS
from wrangler.calls import TaskPage, read_changed_tasks, read_task_page
from wrangler.models.job import JobRow
from wrangler.models.listing import Patch
from wrangler.models.task import TASK_COLUMNS, TaskRow
from wrangler.models.words import counted
from wrangler.panels.listpanel import ListPanel
from wrangler.session import Session
from wrangler.views.choices import LayerChoice, StateChoice

REFRESH_S = 2.0


class TasksPanel(ListPanel[TaskRow]):
    """`task_chosen` follows the selection, `task_opened` a double click or Return."""

    task_chosen = Signal(object)
    task_opened = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(
            "tasks",
            "Tasks",
            session,
            TASK_COLUMNS,
            TASK_ACTIONS,
            name_of=lambda row: row.name,
            words_of=lambda row: f"{row.name} {row.layer} {row.node} {row.ended} {row.log_line}",
            refresh_s=REFRESH_S,
        )
        self.job: JobRow | None = None
        self._chosen_id = ""
        self._total = 0
        self._forget_job()
        self.states = StateChoice(self.body)
        self.layers = LayerChoice(self.body)
        self.states.changed.connect(self.rearrange)
        self.layers.changed.connect(self.rearrange)
        self.states.box.insertWidget(0, self.layers)
        self.box.insertWidget(1, self.states)
        self.view.activated.connect(self._open)
        self.say_why_empty()

    def show_job(self, job: JobRow | None) -> None:
        """Be about this job from now on."""
        is_other = (job.id if job else "") != (self.job.id if self.job else "")
        self.job = job
        self.setWindowTitle(f"Tasks of {job.name}" if job else "Tasks")
        if not is_other:
            return
        self._forget_job()
        self.layers.set_layers({})
        self.session.arrange(lambda: self.listing.replace([]), self.apply)
        self.refresh_again()

    def passes(self) -> Callable[[TaskRow], bool]:
        has_words, states, layers = super().passes(), self.states.chosen(), self.layers.chosen()

        def passes(row: TaskRow) -> bool:
            return (
                (not states or row.state in states)
                and (not layers or row.layer_id in layers)
                and has_words(row)
            )

        return passes

    def ask(self) -> bool:
        if self.job is None:
            return False
        job_id, layers, offset, since_ms = self.job.id, self._layers, self._read, self._since_ms
        if self._is_complete:
            self.session.refresh(
                self.name,
                lambda farm: read_changed_tasks(farm, job_id, layers, since_ms),
                self._fetched,
                self.unanswered,
            )
        else:
            self.session.refresh(
                self.name,
                lambda farm: read_task_page(farm, job_id, layers, offset),
                self._fetched,
                self.unanswered,
            )
        return True

    def counted(self) -> str:
        shown = self.model.rowCount()
        return counted(self._total, "task") if shown == self._total else f"{shown:,} of {self._total:,} tasks"

    def why_empty(self) -> str:
        if self.job is None:
            return "choose a job"
        return "no task in these states" if self.states.chosen() else ""

    def selection_changed(self) -> None:
        row = self.current()
        if row is not None and row.id != self._chosen_id:
            self._chosen_id = row.id
            self.task_chosen.emit(row)

    def _forget_job(self) -> None:
        self._layers: dict[str, str] = {}
        self._read = 0
        self._since_ms = 0
        self._is_complete = False

    def _fetched(self, page: TaskPage) -> None:
        if self._is_complete or not self._since_ms:
            self._since_ms = page.asked_ms
        if page.layers is not self._layers:
            self._layers = page.layers
            self.layers.set_layers(page.layers)
        self._read += len(page.rows)
        self._is_complete = self._is_complete or page.is_last
        job_id = self.job.id if self.job else ""

        def merged() -> tuple[str, list[Patch[TaskRow]], Counter[int]]:
            patches = self.listing.merge(page.rows)
            return job_id, patches, Counter(row.state for row in self.listing.rows())

        self.session.arrange(merged, self._merged, self.unanswered)

    def _merged(self, found: tuple[str, list[Patch[TaskRow]], Counter[int]]) -> None:
        job_id, patches, counts = found
        self._total = counts.total()
        self.states.set_counts(counts)

        def shown() -> None:
            if self.job is not None and self.job.id == job_id:
                self.answered(again_at_once=not self._is_complete)

        self.apply(patches, shown)

    def _open(self, index: QModelIndex) -> None:
        self.task_opened.emit(self.model.row_at(index))
