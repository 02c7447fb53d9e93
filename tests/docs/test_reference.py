"""The reference says what the code does: kinds of errors, defaults, limits."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from plow_client import errors, frames
from plow_client.idl import DependType
from plow_server import spec, wording
from plow_server.config import Limit

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
ERRORS = (REFERENCE / "errors.md").read_text()
SPECS = (REFERENCE / "job-spec.md").read_text()


def test_every_kind_of_error_is_there_with_its_code() -> None:
    for kind in errors.PlowError.__subclasses__():
        if kind.__module__ != errors.__name__:
            continue  # another package's own, which no call raises
        assert f"| `{kind.__name__}` | {kind.code} |" in ERRORS


def test_every_default_is_there() -> None:
    shown = spec.DEFAULTS
    assert f"| {shown['min_cores']}, {shown['max_cores']} |" in SPECS
    assert f"| {shown['min_ram']}, {shown['max_ram']} MB |" in SPECS
    assert f"| `maxRetries` | {shown['max_retries']} |" in SPECS
    assert f"| `{shown['tags'][0]}` |" in SPECS


def test_every_limit_is_there() -> None:
    for field in fields(Limit):
        if field.name.endswith("per_job"):
            assert f"| {field.default:,} | `limit.{field.name}` |" in SPECS
    for name in (
        "name_chars", "command_words", "word_bytes", "command_bytes", "variables", "variable_bytes", "env_bytes",
        "attrs", "attrs_bytes", "path_chars",
    ):  # fmt: skip
        line = next(line for line in SPECS.splitlines() if f"`limit.{name}`" in line)
        assert f"{getattr(Limit(), name):,}" in line
    for most in (frames.MOST_FRAMES, spec.MOST_CORES):
        assert f"{most:,}" in SPECS


def test_every_token_and_every_type_of_depend_is_there() -> None:
    for token in wording.TOKENS:
        assert f"`%{{{token}}}`" in SPECS
    for kind in DependType:
        assert f"| `{kind.name}` |" in SPECS
