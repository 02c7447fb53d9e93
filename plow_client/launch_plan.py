"""What a launch would do: the answer of a dry run."""

from __future__ import annotations

from plow_client.entity import Record
from plow_client.explanation import RuleCount
from plow_client.filter import FilterTrace
from plow_client.idl import LaunchPlanT, LayerPlanT


class LayerPlan(Record[LayerPlanT]):
    """One layer of a launch: `fitting_nodes` are large enough and have a tag, of these `ready_nodes` take work now;
    `rules` tell how many nodes each rule refuses.

    RAM is MB, times are milliseconds for one task; 0 where no earlier task says anything. `basis` is the sentence
    about what a prediction rests on.
    """

    __slots__ = ()
    _struct = LayerPlanT
    name: str
    task_count: int
    min_cores: int
    min_ram: int
    fitting_nodes: int
    ready_nodes: int
    predicted_ram: int
    predicted_clock_ms: int
    basis: str
    predicted_cores: int | None
    rules: list[RuleCount] | None


class LaunchPlan(Record[LaunchPlanT]):
    """What a launch would make, with the filters applied; each of `warnings` is a sentence."""

    __slots__ = ()
    _struct = LaunchPlanT
    folder_name: str
    paused: bool
    min_cores: int
    max_cores: int
    task_count: int
    layers: list[LayerPlan]
    filters: list[FilterTrace]
    warnings: list[str]
    predicted_core_ms: int
