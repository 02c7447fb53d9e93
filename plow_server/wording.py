"""Whether the texts of a job's spec are sound: names, commands, environments, paths. Pure.

Every fault is an Invalid that names the thing: ``layer 'a b': a name has letters, digits, _ . - only``.
The limits are strict because these texts become file names, processes and log lines.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence

from plow_client.errors import Invalid

MOST_NAME = 255
MOST_WORDS, MOST_WORD_BYTES = 4_096, 128 * 1024
MOST_VARIABLES, MOST_VALUE_BYTES, MOST_ENV_BYTES = 256, 32 * 1024, 128 * 1024
TOKENS = ("FRAME", "TASK", "RANGE", "START", "END", "STEP")

_JOB = re.compile(r"[A-Za-z0-9_:@+=][A-Za-z0-9_.:@+=-]*")
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_USER = re.compile(r"[^\s/:\x00-\x1f\x7f]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOKEN = re.compile(r"%\{([A-Z_]+)\}")  # lower case is left alone: curl and date have their own %{…}
_ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]|\\\\")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check_job_name(name: str | None) -> str:
    """A job's name: it stands in paths, so no slash and no leading dot or hyphen."""
    return _name("job", name, _JOB, "letters, digits and _ . : @ + = -")


def check_part_name(noun: str, name: str | None) -> str:
    """The name of a layer or of a task that is named one by one."""
    return _name(noun, name, _PART, "letters, digits and _ . -")


def check_username(name: str | None) -> str:
    """Who the tasks run as."""
    if not name:
        raise Invalid("a job needs a username")
    if len(name) > MOST_NAME or not _USER.fullmatch(name):
        raise Invalid(f"'{short(name)}' is no name of a user")
    return name


def check_command(layer: str, command: Sequence[str] | None) -> list[str]:
    """The words of a layer's command, with tokens that we know."""
    if not command or not command[0]:
        raise Invalid(f"layer '{layer}' has no command")
    if len(command) > MOST_WORDS:
        raise Invalid(
            f"layer '{layer}': a command of {len(command):,} words; at most {MOST_WORDS:,} are allowed"
        )
    for word in command:
        if len(word.encode()) > MOST_WORD_BYTES:
            raise Invalid(f"layer '{layer}': a word of the command is longer than {MOST_WORD_BYTES:,} bytes")
        for token in _TOKEN.findall(word):
            if token not in TOKENS:
                known = " ".join(f"%{{{name}}}" for name in TOKENS)
                raise Invalid(
                    f"layer '{layer}': unknown token %{{{token}}} in the command; known are {known}"
                )
    return list(command)


def check_env(owner: str, env: Mapping[str, str] | None) -> dict[str, str]:
    """The variables of a job or layer."""
    env = env or {}
    if len(env) > MOST_VARIABLES:
        raise Invalid(f"{owner}: {len(env):,} environment variables; at most {MOST_VARIABLES} are allowed")
    for name, value in env.items():
        if not _VARIABLE.fullmatch(name):
            raise Invalid(f"{owner}: '{short(name)}' is no name of an environment variable")
        if len(value.encode()) > MOST_VALUE_BYTES:
            raise Invalid(
                f"{owner}: environment variable '{short(name)}' is longer than {MOST_VALUE_BYTES:,} bytes"
            )
    if sum(len(name) + len(value.encode()) for name, value in env.items()) > MOST_ENV_BYTES:
        raise Invalid(f"{owner}: the environment is larger than {MOST_ENV_BYTES:,} bytes")
    return dict(env)


def check_attrs(owner: str, attrs: Mapping[str, str] | None) -> dict[str, str]:
    """Free text by key; keys have a length."""
    for key in attrs or {}:
        if not 1 <= len(key) <= MOST_NAME:
            raise Invalid(f"{owner}: the key of an attribute has 1 to {MOST_NAME} characters")
    return dict(attrs or {})


def check_tags(owner: str, tags: Sequence[str]) -> list[str]:
    """Tags without repetitions, in their order; at least one, or nothing could ever match."""
    if not tags:
        raise Invalid(f"{owner} has an empty list of tags: no node could match")
    for tag in tags:
        if not 1 <= len(tag) <= MOST_NAME or _CONTROL.search(tag):
            raise Invalid(f"{owner}: a tag is a line of 1 to {MOST_NAME} characters, not '{short(tag)}'")
    return list(dict.fromkeys(tags))


def check_log_path(path: str | None) -> str | None:
    """A folder for logs; it has to mean the same on every node."""
    if not path:
        return None
    if len(path) > 4096 or _CONTROL.search(path) or not _ABSOLUTE.match(path):
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


def _name(noun: str, name: str | None, pattern: re.Pattern[str], allowed: str) -> str:
    if not name:
        raise Invalid(f"a {noun} needs a name")
    if len(name) > MOST_NAME:
        raise Invalid(
            f"{noun} '{short(name)}': a name of {len(name)} characters; at most {MOST_NAME} are allowed"
        )
    if not pattern.fullmatch(name):
        raise Invalid(f"{noun} '{short(name)}': a name has {allowed} only, and begins with none of . -")
    return name
