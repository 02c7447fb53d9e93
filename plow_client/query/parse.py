"""Reads a query, as `state=dead and user=anna and ram>32g`. The grammar is in docs/guide/queries.md."""

from __future__ import annotations

from typing import Final, cast

from plow_client.errors import Invalid
from plow_client.query.error import QueryError, nearest, shown
from plow_client.query.field import FIELDS, KINDS, MOMENT, TRUTH, Field, Kind, find_field
from plow_client.query.term import fault_of_op, fault_of_values
from plow_client.query.tree import Not, Op, Query, Term, Value, all_of, any_of
from plow_client.query.value import WrongValue, check_text, read_value
from plow_client.query.word import Word, words_of

MOST_CHARS: Final = 100_000
DEEPEST: Final = 50
"""Brackets and nots inside one another."""


def parse(text: str, kind: Kind) -> Query:
    """The query that a text says about jobs, tasks or nodes; QueryError, which is Invalid, says what is wrong where."""
    if kind not in KINDS:
        raise Invalid(f"a query is about job, task or node, not {shown(str(kind))}")
    if len(text) > MOST_CHARS:
        raise Invalid(f"a query has at most {MOST_CHARS} characters, this one has {len(text)}")
    return _Parser(text, kind).query()


class _Parser:
    """One walk over the words; a method for each rule of the grammar."""

    def __init__(self, text: str, kind: Kind) -> None:
        self._text = text
        self._kind = kind
        self._words = words_of(text)
        self._next = 0
        self._depth = 0

    def query(self) -> Query:
        if self._word.kind == "end":
            raise QueryError(
                f"an empty query: say which {self._kind}s, e.g. state={_a_state(self._kind)}", self._text, 0
            )
        found = self._either()
        if self._word.kind != "end":
            joiner = "a ')' too many" if self._word.text == ")" else "'and' or 'or' is missing"
            raise self._fault(joiner)
        return found

    def _either(self) -> Query:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return any_of(parts)

    def _both(self) -> Query:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return all_of(parts)

    def _one(self) -> Query:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._fault(f"more than {DEEPEST} brackets and nots inside one another")
        found = self._not_or_bracket()
        self._depth -= 1
        return found

    def _not_or_bracket(self) -> Query:
        if self._take("not"):
            return Not(self._one())
        if not self._take("("):
            return self._term()
        opened = self._words[self._next - 1]
        found = self._either()
        if not self._take(")"):
            raise (
                self._fault("'and', 'or' or ')' is missing")
                if self._word.kind != "end"
                else self._fault("this '(' is not closed", opened)
            )
        return found

    def _term(self) -> Query:
        at = self._word
        field, key = self._field()
        if self._word.kind == "op":
            op = cast(Op, self._word.text)
            self._check(fault_of_op(field, op), self._word)
            self._next += 1
            values: tuple[Value, ...] = (self._value(field),)
        elif self._word.says("in", "not") and field.type is not TRUTH:
            op = "!=" if self._take("not") else "="
            self._expect("in")
            values = self._list(field)
        elif field.type is TRUTH:
            op, values = "=", (True,)
        else:
            raise self._fault(f"'{field.name}' is compared with what? {' '.join(field.type.ops)} or in")
        self._check(fault_of_values(field, op, values), at)
        return Term(field.name, op, values, key)

    def _field(self) -> tuple[Field, str | None]:
        word = self._word
        if word.kind != "bare" or word.says("and", "or", "in"):
            raise self._fault(
                f"a field is missing, such as state or {'name' if self._kind != 'task' else 'job'}"
            )
        self._next += 1
        name, dot, key = word.text.partition(".")
        field = find_field(self._kind, name)
        if field is None:
            near = nearest(name, FIELDS[self._kind])
            raise self._fault(f"{self._kind}s have no field {shown(name)}{near}", word)
        if not field.type.has_key:
            if dot:
                raise self._fault(f"'{field.name}' has nothing by key", word)
            return field, None
        return field, self._key(field, word, key)

    def _key(self, field: Field, word: Word, key: str) -> str:
        after = self._word
        if not key and after.kind == "text" and after.position == word.position + len(word.text):
            self._next += 1
            key = after.text
        if not key:
            raise self._fault(f"'{field.name}' needs a key: {field.name}.shot", word)
        try:
            return check_text(key)
        except WrongValue as wrong:
            raise self._fault(f"a key is {wrong}", word) from None

    def _list(self, field: Field) -> tuple[Value, ...]:
        self._expect("(")
        values = [self._value(field)]
        while self._take(","):
            values.append(self._value(field))
        if not self._take(")"):
            raise self._fault("',' or ')' is missing")
        return tuple(values)

    def _value(self, field: Field) -> Value:
        word = self._word
        if word.kind not in ("bare", "text") or word.says("and", "or", "in", "not"):
            raise self._fault(
                f"a value for '{field.name}' is missing; one of these words needs quotes"
                if word.kind == "bare"
                else f"a value for '{field.name}' is missing"
            )
        self._next += 1
        ago = field.type is MOMENT and word.kind == "bare" and self._take("ago")
        try:
            return read_value(field, word.text, ago)
        except WrongValue as wrong:
            raise self._fault(f"'{field.name}' is {wrong}, not {shown(word.text)}", word) from None

    @property
    def _word(self) -> Word:
        return self._words[self._next]

    def _take(self, text: str) -> bool:
        taken = self._word.says(text)
        self._next += taken
        return taken

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._fault(f"'{text}' is missing")

    def _check(self, fault: str, word: Word) -> None:
        if fault:
            raise self._fault(fault, word)

    def _fault(self, reason: str, word: Word | None = None) -> QueryError:
        return QueryError(reason, self._text, (word or self._word).position)


def _a_state(kind: Kind) -> str:
    return FIELDS[kind]["state"].labels[0].lower()
