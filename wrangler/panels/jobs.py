"""Jobs by project and folder."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QTreeView

from wrangler.actions.job import JOB_ACTIONS
from wrangler.calls import read_jobs
from wrangler.icons import icon
from wrangler.models.difference import Insert
from wrangler.models.job import JOB_COLUMNS, JobRow
from wrangler.models.listing import Patch
from wrangler.models.words import counted
from wrangler.panels.listpanel import ListPanel
from wrangler.session import Session

REFRESH_S = 4.0


class JobsPanel(ListPanel[JobRow]):
    """`job_chosen` gives the job that other panels should be about."""

    job_chosen = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(
            "jobs",
            "Jobs",
            session,
            JOB_COLUMNS,
            JOB_ACTIONS,
            name_of=lambda row: row.name,
            words_of=lambda row: f"{row.name} {row.owner} {row.chip.word if row.chip else ''}",
            refresh_s=REFRESH_S,
            has_levels=True,
        )
        self._seen: set[str] = set()
        self._chosen: JobRow | None = None
        self._job_count = 0
        self.sweep_action = QAction(icon("sweep"), "Sweep finished", self.body)
        self.sweep_action.setObjectName("sweep_jobs")
        self.sweep_action.setToolTip("Sweep finished\nTake finished jobs off the list; they are not touched.")
        self.sweep_action.triggered.connect(self._sweep)
        self.sweep_action.setEnabled(False)
        self.tool_bar.insertAction(self.tool_bar.actions()[len(JOB_ACTIONS)], self.sweep_action)

    def menu_actions(self) -> list[QAction | None]:
        return [*super().menu_actions(), self.sweep_action]

    def ask(self) -> bool:
        seen = frozenset(self._seen)
        self.session.refresh(self.name, lambda farm: read_jobs(farm, seen), self._fetched, self.unanswered)
        return True

    def _fetched(self, rows: list[JobRow]) -> None:
        jobs = [row for row in rows if row.is_job]
        self._seen = {row.id for row in jobs}
        self._job_count = len(jobs)
        self.sweep_action.setEnabled(any(row.is_finished for row in jobs))
        self.replace_rows(rows)

    def patched(self, patches: list[Patch[JobRow]]) -> None:
        for patch in patches:
            for step in patch.steps:
                if isinstance(step, Insert):
                    self._open([row for row in step.rows if not row.is_job])
        self.selection_changed()

    def counted(self) -> str:
        return counted(self._job_count, "job")

    def why_empty(self) -> str:
        return "no unfinished jobs\nplow submit FILE launches one"

    def selection_changed(self) -> None:
        row = self.current()
        if row is not None and row.is_job and row is not self._chosen:
            self._chosen = row
            self.job_chosen.emit(row)

    def _open(self, shelves: list[JobRow]) -> None:
        """New projects and folders show what is in them."""
        assert isinstance(self.view, QTreeView)
        for row in shelves:
            self.view.expand(self.model.index_of(row.id))

    def _sweep(self) -> None:
        """Forget the finished ones: the next refresh no longer asks for them."""

        def unfinished() -> list[Patch[JobRow]]:
            rows = self.listing.rows()
            live = [row for row in rows if row.is_job and not row.is_finished]
            needed = {row.parent_id for row in live}
            needed |= {row.parent_id for row in rows if row.id in needed}
            return self.listing.replace(row for row in rows if row in live or row.id in needed)

        self._seen = set()
        self.session.forget(self.name)
        self.session.arrange(unfinished, self.apply)
        self.sweep_action.setEnabled(False)
        self.refresh_again()
