"""Whether the texts of a job's spec are sound: names, commands, environments, paths. Pure.

Every fault is an Invalid that names the thing: ``layer 'a b': a name has letters, digits, _ . - only``.
The limits are strict because these texts become file names, processes and log lines; they are settings.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence

from plow_client.errors import Invalid
from plow_server.config import Limit

DEFAULT = Limit()
TOKENS = ("FRAME", "TASK", "RANGE", "START", "END", "STEP")

_JOB = re.compile(r"[A-Za-z0-9_:@+=][A-Za-z0-9_.:@+=-]*")
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_USER = re.compile(r"[^\s/:\x00-\x1f\x7f]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOKEN = re.compile(r"%\{([A-Z_]+)\}")  # lower case is left alone: curl and date have their own %{…}
_ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]|\\\\")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check_job_name(name: str | None, limit: Limit = DEFAULT) -> str:
    """A job's name: it stands in paths, so no slash and no leading dot or hyphen."""
    return _name("job", name, _JOB, "letters, digits and _ . : @ + = -", limit)


def check_part_name(noun: str, name: str | None, limit: Limit = DEFAULT) -> str:
    """The name of a layer or of a task that is named one by one."""
    return _name(noun, name, _PART, "letters, digits and _ . -", limit)


def check_username(name: str | None, limit: Limit = DEFAULT) -> str:
    """Who the tasks run as."""
    if not name:
        raise Invalid("a job needs a username")
    if len(name) > limit.name_chars or not _USER.fullmatch(name):
        raise Invalid(f"'{short(name)}' is no name of a user")
    return name


def check_command(layer: str, command: Sequence[str] | None, limit: Limit = DEFAULT) -> list[str]:
    """The words of a layer's command, with tokens that we know."""
    owner = f"layer '{layer}'"
    if not command or not command[0]:
        raise Invalid(f"{owner} has no command")
    check_words(owner, "the command", command, limit)
    check_tokens(owner, "the command", command)
    return list(command)


def check_words(owner: str, what: str, words: Sequence[str], limit: Limit = DEFAULT) -> None:
    """A process can be started with them."""
    most = limit.command_words
    if len(words) > most:
        raise Invalid(f"{owner}: {what} has {len(words):,} words; at most {most:,} are allowed")
    sizes = [len(word.encode()) for word in words]
    if max(sizes, default=0) > limit.word_bytes:
        raise Invalid(f"{owner}: a word of {what} is longer than {limit.word_bytes:,} bytes")
    if sum(sizes) > limit.command_bytes:
        raise Invalid(f"{owner}: {what} is longer than {limit.command_bytes:,} bytes")


def check_tokens(owner: str, what: str, words: Sequence[str]) -> None:
    """Their tokens are those that we know."""
    for token in (token for word in words for token in _TOKEN.findall(word)):
        if token not in TOKENS:
            known = " ".join(f"%{{{name}}}" for name in TOKENS)
            raise Invalid(f"{owner}: unknown token %{{{token}}} in {what}; known are {known}")


def check_env(owner: str, env: Mapping[str, str] | None, limit: Limit = DEFAULT) -> dict[str, str]:
    """The variables of a job or layer."""
    env = env or {}
    if len(env) > limit.variables:
        raise Invalid(f"{owner}: {len(env):,} environment variables; at most {limit.variables} are allowed")
    for name, value in env.items():
        if not _VARIABLE.fullmatch(name):
            raise Invalid(f"{owner}: '{short(name)}' is no name of an environment variable")
        if len(value.encode()) > limit.variable_bytes:
            most = limit.variable_bytes
            raise Invalid(f"{owner}: environment variable '{short(name)}' is longer than {most:,} bytes")
    if _size(env) > limit.env_bytes:
        raise Invalid(f"{owner}: the environment is larger than {limit.env_bytes:,} bytes")
    return dict(env)


def check_attrs(owner: str, attrs: Mapping[str, str] | None, limit: Limit = DEFAULT) -> dict[str, str]:
    """Free text by key."""
    attrs = attrs or {}
    if len(attrs) > limit.attrs:
        raise Invalid(f"{owner}: {len(attrs):,} attributes; at most {limit.attrs:,} are allowed")
    if not all(1 <= len(key) <= limit.name_chars for key in attrs):
        raise Invalid(f"{owner}: the key of an attribute has 1 to {limit.name_chars} characters")
    if _size(attrs) > limit.attrs_bytes:
        raise Invalid(f"{owner}: the attributes are larger than {limit.attrs_bytes:,} bytes")
    return dict(attrs)


def _size(texts: Mapping[str, str]) -> int:
    return sum(len(name.encode()) + len(value.encode()) for name, value in texts.items())


def check_path(what: str, path: str | None, limit: Limit = DEFAULT) -> str:
    """A path that there has to be."""
    if not path:
        raise Invalid(f"{what} needs a path")
    if len(path) > limit.path_chars:
        raise Invalid(f"{what}: a path of {len(path):,} characters; at most {limit.path_chars:,} are allowed")
    return path


def check_tags(owner: str, tags: Sequence[str], limit: Limit = DEFAULT) -> list[str]:
    """Tags without repetitions, in their order; at least one, or nothing could ever match."""
    if not tags:
        raise Invalid(f"{owner} has an empty list of tags: no node could match")
    for tag in tags:
        if not 1 <= len(tag) <= limit.name_chars or _CONTROL.search(tag):
            most = limit.name_chars
            raise Invalid(f"{owner}: a tag is a line of 1 to {most} characters, not '{short(tag)}'")
    return list(dict.fromkeys(tags))


def check_log_path(path: str | None, limit: Limit = DEFAULT) -> str | None:
    """A folder for logs; it has to mean the same on every node."""
    if not path:
        return None
    check_path(f"logPath '{short(path)}'", path, limit)
    if _CONTROL.search(path) or not _ABSOLUTE.match(path):
        raise Invalid(f"logPath '{short(path)}' is not an absolute path")
    if ".." in re.split(r"[\\/]", path):  # no node would begin such a log
        raise Invalid(f"logPath '{short(path)}' goes upwards by '..'")
    return path.rstrip("/") or "/"


def is_id(text: str) -> bool:
    """Whether a name is an id."""
    try:
        return len(text) == 36 and bool(uuid.UUID(text))
    except ValueError:
        return False


def short(text: str) -> str:
    """A text as it may stand in a sentence."""
    return text if len(text) <= 60 else text[:57] + "..."


def _name(noun: str, name: str | None, pattern: re.Pattern[str], allowed: str, limit: Limit) -> str:
    if not name:
        raise Invalid(f"a {noun} needs a name")
    most = limit.name_chars
    if len(name) > most:
        raise Invalid(f"{noun} '{short(name)}': a name of {len(name)} characters; at most {most} are allowed")
    if not pattern.fullmatch(name):
        raise Invalid(f"{noun} '{short(name)}': a name has {allowed} only, and begins with none of . -")
    return name
