"""How the attempts of a layer run on their node: limits, the wrapper, the commands around the layer's."""

from __future__ import annotations

from dataclasses import dataclass

from plow_client.idl import RunSettingsT
from plow_client.spec import Spec


@dataclass
class RunSettings(Spec):
    """Settings of a layer or service; None is not said.

    What a layer leaves unset is its service's, and what both leave unset is the node's. Times are seconds, logs MB,
    0 = no limit. `wrapper` is a kind that the node knows (`rez`) and its words; `log_rules` are names of sets of
    rules, unset = the service's name. An empty list takes away what would hold otherwise.
    """

    _struct = RunSettingsT
    max_run_s: int | None = None
    max_silence_s: int | None = None
    max_log_mb: int | None = None
    niceness: int | None = None
    wrapper: list[str] | None = None
    log_rules: list[str] | None = None
    before_command: list[str] | None = None
    more_commands: list[list[str]] | None = None
    after_command: list[str] | None = None
