"""What PostgreSQL refused, in our errors and in a sentence: SQLSTATE to NotFound, Invalid, ...

Names of constraints are for programmers; people read the sentences here.
"""

from __future__ import annotations

import re

import psycopg

from plow_client.errors import AlreadyExists, Denied, Invalid, NotAllowed, NotFound, PlowError, Unavailable

RAISED: dict[str, type[PlowError]] = {
    "PW001": NotFound,
    "PW002": AlreadyExists,
    "PW003": Invalid,
    "PW004": NotAllowed,
    "PW005": Denied,
}
LOST_RACES = {"40001", "40P01"}

_STOPPED = "57014"

# Also "try again": gave up waiting for a lock, was stopped by a time limit, no room for one more.
_BUSY = {"55P03", "25P03", "53100", "53200", "53300"}
_GONE = {"57P01", "57P02", "57P03", "57P05"}

# Where the words cannot be taken from the constraint's name.
SENTENCES = {
    "job_name_unique": "an active job of this name exists already",
    "layer_name_unique": "the job has a layer of this name already",
    "task_name_unique": "the job has a task of this name already",
    "folder_name_unique": "the project has a folder of this name already",
    "quota_unique": "the project has a quota on this cluster already",
    "quota_burst": "the quota's burst is below the cores that run on it",
    "project_code_length": "a project's code has 1 to 16 characters",
    "folder_name_length": "a folder's name has 1 to 128 characters",
    "cluster_name_length": "a cluster's name has 1 to 128 characters",
    "layer_command": "a layer has no command",
    "proc_one_per_task": "the task is running already",
    "job_priority": "a priority is a number from -1000 to 1000",
    "layer_priority": "a priority is a number from -1000 to 1000",
    "layer_kill_grace": "a kill grace is 0 to 3600 seconds",
    "limit_total": "a limit's total is 0 or more",
    "limit_held_back": "what is held back of a limit is 0 or more",
    "matcher_attr": "a matcher names an attr if it looks at an attribute, and only then",
    "matcher_value": "the value of a matcher has at most 4096 characters",
    "job_attrs": "the attributes of the job are too large",
    "output_attrs": "the attributes of the output are too large",
    "cluster_one_default": "another cluster is the default already",
}

_VALUES = re.compile(r"^Key \((?P<columns>.+?)\)=\((?P<values>.*)\)", re.DOTALL)
_QUOTED = re.compile(r'"(?P<value>.*)"', re.DOTALL)
_TYPE = re.compile(r"(?:type|enum) (?:plow\.)?(?P<type>[\w ]+)")


class TookTooLong(Unavailable):
    """A statement was stopped by its time limit."""


def translate(error: psycopg.Error) -> PlowError | None:
    """Our error for one of PostgreSQL's, or None where it can only be a fault of ours."""
    state = error.sqlstate or ""
    if state in RAISED:
        return RAISED[state](error.diag.message_primary or "refused")
    if state.startswith("22") or (not state and isinstance(error, psycopg.DataError)):
        return Invalid(_value_sentence(error))
    if state == "23514":
        return Invalid(_rule_sentence(error))
    if state == "23505":
        return AlreadyExists(_taken_sentence(error))
    if state == "23503":
        return NotAllowed(_reference_sentence(error))
    if state in LOST_RACES:
        return Unavailable("others changed the same things at the same time; try again")
    if state == _STOPPED:
        return TookTooLong("the database is too busy; try again")
    if state in _BUSY:
        return Unavailable("the database is too busy; try again")
    if is_dropped(error):
        return Unavailable("the database is out of reach; try again")
    return None


def is_dropped(error: BaseException) -> bool:
    """Whether the connection is gone: without a state the driver itself noticed."""
    if not isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return False
    state = error.sqlstate
    return state is None or state.startswith("08") or state in _GONE


def _value_sentence(error: psycopg.Error) -> str:
    text = error.diag.message_primary or str(error)
    if error.sqlstate in (None, "22021", "22P05"):
        return "a text holds a NUL or is not valid UTF-8"
    kind = _TYPE.search(text)
    value = _QUOTED.search(text)
    if kind and value:
        name = kind["type"].strip().replace("_", " ")
        noun = {"uuid": "id"}.get(name, name)
        return f"{value['value']!r} is not {_article(noun)} {noun}"
    return f"a value does not fit: {text}"


def _rule_sentence(error: psycopg.Error) -> str:
    name, table = error.diag.constraint_name or "", error.diag.table_name or "row"
    if name in SENTENCES:
        return SENTENCES[name]
    noun = _noun(table)
    column = name.removeprefix(table + "_").removesuffix("_check")
    if column.endswith("_length"):
        return (
            f"the {_words(column.removesuffix('_length'))} of {_article(noun)} {noun} has 1 to 255 characters"
        )
    return f"the {_words(column)} of {_article(noun)} {noun} is out of range"


def _taken_sentence(error: psycopg.Error) -> str:
    name, noun = error.diag.constraint_name or "", _noun(error.diag.table_name or "row")
    if name in SENTENCES:
        return SENTENCES[name]
    values = _VALUES.search(error.diag.message_detail or "")
    named = f" '{values['values']}'" if values and "," not in values["columns"] else ""
    return f"{_article(noun)} {noun}{named} exists already"


def _reference_sentence(error: psycopg.Error) -> str:
    noun, detail = _noun(error.diag.table_name or "row"), error.diag.message_detail or ""
    other = _QUOTED.search(detail)
    named = _noun(other["value"]) if other else "other thing"
    if "still referenced" in detail:
        return f"{_article(named)} {named} still needs it"
    return f"{_article(noun)} {noun} needs {_article(named)} {named} that does not exist"


def _noun(table: str) -> str:
    return _words(table.removesuffix("_counter"))


def _words(name: str) -> str:
    return name.replace("_", " ").strip() or "value"


def _article(noun: str) -> str:
    return "an" if noun[:1] in "aeio" else "a"
