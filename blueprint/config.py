"""Settings of Blueprint: where archives and logs go, what jobs are called, which plugins run.

Read from the file that ``$BLUEPRINT_CFG`` names, else from the machine's and the person's ``blueprint.toml``.
Without any of them the defaults hold. In a template ``%(JOB_NAME)s`` is the job's name; ``%(SHOW)s`` is the
variable SHOW of the environment, where ``env.interpolate`` lists it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from plow_client.config import load, setting
from plow_client.errors import Invalid
from plow_client.places import config_files

FILE_VARIABLE: Final = "BLUEPRINT_CFG"
JOB_NAME: Final = "JOB_NAME"
_FIELD = re.compile(r"%\((\w*)\)s|%%|%")


@dataclass(frozen=True)
class Env:
    """Of the environment."""

    interpolate: tuple[str, ...] = setting((), "Variables that templates may name.")


@dataclass(frozen=True)
class Templates:
    """Names and folders, made for each job."""

    job_name: str = setting("%(JOB_NAME)s", "What a job is called on the farm.")
    archive_dir: str | None = setting(None, "Below which folder archives go; unset: PLOW_ARCHIVE_ROOT.")
    log_dir: str | None = setting(None, "Where a job's logs go; unset: the server's choice.")


@dataclass(frozen=True)
class Defaults:
    """What holds where nobody says otherwise."""

    backend: str = setting("plow", "Where jobs go: plow (the farm) or local (this machine).")
    project: str | None = setting(None, "Who pays for jobs that name no project.")


@dataclass(frozen=True)
class OpenJd:
    """How large a template of Open Job Description may be."""

    most_tasks: int = setting(100_000, "Most tasks of a step.")
    most_values: int = setting(200_000, "Most values in a template, counted through YAML's references.")


@dataclass(frozen=True)
class Config:
    """All of it. `plugins` are Python modules by name, with true for those that are switched on."""

    env: Env = field(default_factory=Env)
    templates: Templates = field(default_factory=Templates)
    defaults: Defaults = field(default_factory=Defaults)
    openjd: OpenJd = field(default_factory=OpenJd)
    plugins: dict[str, bool] = setting({}, "Plugins by their module, and whether each is switched on.")


def read_config(environ: Mapping[str, str] | None = None) -> Config:
    """The settings as they are now. Invalid names the file, the key and what is expected."""
    environ = os.environ if environ is None else environ
    named = environ.get(FILE_VARIABLE)
    files = [Path(named)] if named else config_files("blueprint")
    return load(Config, file=files, environ=environ, prefix="BLUEPRINT_").value


def fill_in(template: str, job_name: str, config: Config, environ: Mapping[str, str] | None = None) -> str:
    """A template's text for a job."""
    environ = os.environ if environ is None else environ
    known = {name: environ.get(name) for name in config.env.interpolate} | {JOB_NAME: job_name}

    def word(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            if match[0] == "%%":
                return "%"
            raise Invalid(f"template '{template}': write %(NAME)s for a variable, %% for a percent sign")
        if name not in known:
            raise Invalid(f"template '{template}': '{name}' is not among env.interpolate")
        value = known[name]
        if not value:
            raise Invalid(f"template '{template}': the environment has no {name}")
        return value

    return _FIELD.sub(word, template)
