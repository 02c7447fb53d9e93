"""How a command shows what it found: the one place of --json, --format, --columns and --long.

@job.command("list")
@listing
def list_(view: View) -> None:
    view.rows(get_jobs(), COLUMNS, "no jobs")

`table` is for people; `json`, `csv` and a template such as ``'{name} {totals.dead}'`` are for programs. There is no
YAML: JSON is YAML, and the client would need a library for it.
"""

from __future__ import annotations

import functools
import json
import string
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import click

from plow_client.cli.columns import Cell, Column, at, key_of
from plow_client.cli.table import show_facts, show_table
from plow_client.cli.words import visible
from plow_client.entity import Record, declared

Function = TypeVar("Function", bound=Callable[..., Any])
SCREENFUL: Final = 200
FORMATS: Final = ("table", "json", "csv")
_LETTERS: Final = {"\\n": "\n", "\\t": "\t"}


@dataclass(frozen=True)
class View:
    """What the command line says about how to show things."""

    form: str = "table"
    columns: tuple[str, ...] = ()
    is_long: bool = False
    limit: int = 0

    @property
    def most(self) -> int:
        """How many to ask for, 0 for all: one more than is shown, to know whether that is all."""
        return self.limit + 1 if self.limit else 0

    @property
    def is_table(self) -> bool:
        """Whether people read it."""
        return self.form == "table"

    def rows(self, rows: Sequence[Record[Any]], columns: Sequence[Column], none: str) -> None:
        """A list; `none` is said to people where it is empty."""
        if self.limit and len(rows) > self.limit:
            rows = rows[: self.limit]
            click.echo(f"the first {self.limit:,} of more: --limit 0 shows all, a query finds some", err=True)
        if self.form == "json":
            show_json([row.as_dict() for row in rows])
        elif self.form == "csv":
            _show_csv(rows, self.chosen(columns, rows))
        elif self.form != "table":
            _show_by_template(self.form, rows)
        elif rows:
            chosen = self.chosen(columns, rows)
            show_table([each.title for each in chosen], ([each.cell(row) for each in chosen] for row in rows))
        else:
            click.echo(none, err=True)

    def one(
        self,
        found: Record[Any],
        facts: Callable[[], Iterable[tuple[str, Cell]]],
        **more: Sequence[Record[Any]],
    ) -> bool:
        """One thing: its facts for people, all that is known of it and of `more` for programs.

        True where it was shown to people, and a table may follow.
        """
        if self.form == "table":
            show_facts(facts())
            return True
        told = {**found.as_dict(), **{name: [row.as_dict() for row in rows] for name, rows in more.items()}}
        if self.form == "json":
            show_json(told)
        elif self.form == "csv":
            names = [name for name, value in told.items() if not isinstance(value, dict | list)]
            _write_csv(names, [[_raw(told[name]) for name in names]])
        else:
            click.echo(_filled(self.form, told))
        return False

    def stream(
        self, rows: Iterable[Record[Any]], columns: Sequence[Column], line: Callable[[Any], str]
    ) -> None:
        """What comes one by one, and may never end: a line each, in JSON an object in each line."""
        if self.form == "csv":
            _show_csv(rows, columns)
            return
        for row in rows:
            if self.form == "table":
                click.echo(line(row))
            elif self.form == "json":
                click.echo(json.dumps(row.as_dict(), ensure_ascii=False))
            else:
                click.echo(_filled(self.form, row.as_dict()))

    def chosen(self, columns: Sequence[Column], rows: Sequence[Record[Any]]) -> list[Column]:
        """The columns asked for: those named, all with --long, else the few that people look at first."""
        if not self.columns:
            return [column for column in columns if self.is_long or not column.is_extra]
        known = {column.key: column for column in columns}
        return [known.get(key_of(name)) or _field(name, known, rows) for name in self.columns]


def listing(function: Function) -> Function:
    """Give a list its options; the command gets a `View`."""
    return _with_columns(shown(function))


def long_listing(function: Function) -> Function:
    """The same for a list that may be too long for a screen: there only its beginning is shown, `view.most`."""
    limit = click.option(
        "--limit",
        "row_limit",
        type=click.IntRange(min=0),
        help=f"At most so many, 0 = all; unsaid, {SCREENFUL} on a terminal, all in a pipe or file.",
    )
    return _with_columns(limit(shown(function)))


def _with_columns(function: Function) -> Function:
    columns = click.option(
        "--columns", metavar="NAME,...", help="These columns, by title, or by field as --json has it."
    )
    is_long = click.option("--long", "-l", "is_long", is_flag=True, help="All columns.")
    return columns(is_long(function))


def shown(function: Function) -> Function:
    """Give a command that shows one thing --json and --format; the command gets a `View`."""

    @functools.wraps(function)
    def command(
        *given: object,
        as_json: bool,
        form: str,
        columns: str | None = None,
        is_long: bool = False,
        row_limit: int | None = 0,
        **named: object,
    ) -> Any:
        names = tuple(name.strip() for name in columns.split(",")) if columns else ()
        form = "json" if as_json else form
        if row_limit is None:
            row_limit = SCREENFUL if form == "table" and sys.stdout.isatty() else 0
        return function(*given, view=View(form, names, is_long, row_limit), **named)

    form = click.option(
        "--format",
        "form",
        metavar="FORM",
        default="table",
        callback=_checked,
        help="table, json, csv, or a template: '{name} {state}'.",
    )
    as_json = click.option("--json", "as_json", is_flag=True, help="JSON with all fields: --format json.")
    return form(as_json(command))  # type: ignore[return-value]


def show_table_after(rows: Sequence[Record[Any]], columns: Sequence[Column], none: str) -> None:
    """What a thing consists of, below its facts."""
    click.echo()
    View().rows(rows, columns, none)


def show_json(value: object) -> None:
    """One value, indented, with a line end."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def fields_of(kind: type[Record[Any]]) -> list[str]:
    """What a template or --columns may name."""
    return list(declared(kind))


def _checked(context: click.Context, parameter: click.Parameter, form: str) -> str:
    if form in FORMATS:
        return form
    try:
        if any(name is not None for _, name, _, _ in string.Formatter().parse(form)):
            return form
    except ValueError as error:
        raise click.BadParameter(f"'{form}': {error}") from None
    raise click.BadParameter(
        f"'{form}' is none of {', '.join(FORMATS)}, and no template like '{{name}} {{state}}'"
    )


def _field(name: str, known: Mapping[str, Column], rows: Sequence[Record[Any]]) -> Column:
    fields = fields_of(type(rows[0])) if rows else []
    if rows and name.split(".")[0] not in fields:
        raise click.UsageError(
            f"no column '{name}'; there are {', '.join(known)}, and the fields that --json has"
        )
    return Column(name, name, _written)


def _show_csv(rows: Iterable[Record[Any]], columns: Sequence[Column]) -> None:
    _write_csv(
        [each.key for each in columns], ([_raw(cell) for cell in _values(row, columns)] for row in rows)
    )


def _values(row: Record[Any], columns: Sequence[Column]) -> list[object]:
    told = row.as_dict()
    return [at(told, each.path) if each.path else each.cell(row) for each in columns]


def _write_csv(titles: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    import csv  # 2 ms that no other format needs

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows(lines)


def _show_by_template(template: str, rows: Iterable[Record[Any]]) -> None:
    for row in rows:
        click.echo(_filled(template, row.as_dict()))


def _filled(template: str, told: Mapping[str, object]) -> str:
    """The template with the fields in it; dots lead into what has parts."""
    for letter, meant in _LETTERS.items():
        template = template.replace(letter, meant)
    return string.Formatter().vformat(template, (), _Fields(told))


class _Fields(dict[str, Any]):
    """Fields by name, so that ``{totals.dead}`` works and a wrong name is told with the right ones."""

    def __getattr__(self, name: str) -> Any:
        return self[name]

    def __getitem__(self, name: str) -> Any:
        try:
            value = super().__getitem__(name)
        except KeyError:
            known = ", ".join(self)
            raise click.UsageError(f"no field '{name}'; there are {known}") from None
        return _Fields(value) if isinstance(value, dict) else _raw(value)

    def __format__(self, spec: str) -> str:
        return format(json.dumps(dict(self), ensure_ascii=False), spec)


def _raw(plain: object) -> object:
    """A value as CSV and templates have it: numbers as they are, lists with commas, nothing where nothing is said."""
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, list) and not any(isinstance(item, dict | list) for item in plain):
        return visible(",".join(map(str, plain)))
    if isinstance(plain, dict | list):
        return json.dumps(plain, ensure_ascii=False)
    return visible(plain) if isinstance(plain, str) else plain


def _written(value: object) -> Cell:
    told = _raw(value)
    return told if isinstance(told, int | float) else str(told)
