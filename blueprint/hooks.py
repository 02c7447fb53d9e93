"""Plugins: Python modules of a studio that are called at five moments in the life of every layer.

A plugin has any of the functions ``init()``, ``after_init(layer)``, ``setup(layer)``, ``before_execute(layer)``
and ``after_execute(layer)``; the names of 2012 (``afterInit``) will do too. Which are on says the settings file::

    [plugins]
    "studio.notes" = true
    "blueprint.outputs_plugin" = false
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Final

from blueprint.config import read_config
from plow_client.errors import Invalid

if TYPE_CHECKING:
    from blueprint.layer import Layer

SHIPPED: Final = {"blueprint.outputs_plugin": True}
_NAMES: Final = {
    "init": ("init",),
    "after_init": ("after_init", "afterInit"),
    "setup": ("setup",),
    "before_execute": ("before_execute", "beforeExecute"),
    "after_execute": ("after_execute", "afterExecute"),
}


@cache
def plugins() -> Sequence[ModuleType]:
    """Those that are on, imported and told so by ``init``, once in a process. One that is off is never imported."""
    switched = {**SHIPPED, **read_config().plugins}
    found = [_import(name) for name, on in switched.items() if on]
    for plugin in found:
        _call(plugin, "init")
    return found


def tell(moment: str, layer: Layer) -> None:
    """Call every plugin that has something to do at this moment."""
    for plugin in plugins():
        _call(plugin, moment, layer)


def on_node() -> bool:
    """Whether a studio's plugin has something to do beside each task, so that all of them need the runner."""
    moments = [name for moment in ("before_execute", "after_execute") for name in _NAMES[moment]]
    return any(
        hasattr(plugin, name)
        for plugin in plugins()
        if plugin.__name__ not in SHIPPED  # ours is about setup tasks only, which have the runner anyway
        for name in moments
    )


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Invalid(f"plugin '{name}' cannot be imported: {error}") from error


def _call(plugin: ModuleType, moment: str, *words: object) -> None:
    for name in _NAMES[moment]:
        function = getattr(plugin, name, None)
        if function is not None:
            function(*words)
            return
