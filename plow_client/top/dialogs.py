"""Questions, and texts to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from plow_client.cli.words import visible

_SHADE = "align: center middle; background: #000000 40%;"
_BOX = "background: #22252a; border: round #4a9fd8; padding: 0 1; height: auto; max-height: 90%;"


class Confirm(ModalScreen[bool]):
    """Yes or no; Enter alone is no."""

    DEFAULT_CSS = f"Confirm {{ {_SHADE} }} Confirm > Vertical {{ {_BOX} width: 64; }}"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)"),
        Binding("n,escape,enter,q", "answer(False)"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self.question = question

    def compose(self) -> ComposeResult:
        """The question and its keys."""
        with Vertical():
            yield Static(Text(self.question))
            yield Static(Text.from_markup("\n[b]y[/b] yes   [b]n[/b] no"))

    def action_answer(self, answer: bool) -> None:
        """Close with it."""
        self.dismiss(answer)


class Reading(ModalScreen[None]):
    """A text with a title, to be scrolled."""

    DEFAULT_CSS = f"Reading {{ {_SHADE} }} Reading > VerticalScroll {{ {_BOX} width: 90%; }}"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,question_mark", "dismiss"),
        Binding("j,down", "scroll(1)"),
        Binding("k,up", "scroll(-1)"),
        Binding("pagedown", "scroll(20)"),
        Binding("pageup", "scroll(-20)"),
    ]

    def __init__(self, title: str, lines: Sequence[str], from_end: bool = False) -> None:
        super().__init__()
        self.title_line, self.lines, self._from_end = title, lines, from_end

    def compose(self) -> ComposeResult:
        """All lines."""
        with VerticalScroll() as box:
            box.border_title = visible(self.title_line)
            yield Static(Text("\n".join(visible(line.expandtabs()) for line in self.lines)))

    def on_mount(self) -> None:
        """A log is read from its end."""
        if self._from_end:
            self.query_one(VerticalScroll).scroll_end(animate=False)

    def action_scroll(self, lines: int) -> None:
        """Further."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
