"""What a module can be told, as its options describe themselves: for ``--help MODULE`` and for forms."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from blueprint.layer import Layer
from blueprint.options import Option, declared
from blueprint.plugins import find_module, known_modules
from blueprint.script import beside


def module_lines(name: str) -> list[str]:
    """Its options first, then those that every layer has."""
    cls = _named(name)
    common = declared(Layer)
    options = declared(cls)
    own = {word: option for word, option in options.items() if common.get(word) is not option}
    rest = {word: option for word, option in options.items() if word not in own}
    lines = [f"{name}: {summary(cls)}", f"class {known_modules().get(name, name)}", "", "Options:"]
    lines += [_line(word, option) for word, option in own.items()]
    return [*lines, "", "As every layer:", *(_line(word, option) for word, option in rest.items())]


def module_json(name: str) -> dict[str, object]:
    """The same for programs that draw a form."""
    cls = _named(name)
    return {
        "name": name,
        "class": known_modules().get(name, name),
        "help": summary(cls),
        "options": [_option_json(word, option) for word, option in declared(cls).items()],
    }


def summary(cls: type[Layer]) -> str:
    """The first line of what a class says of itself."""
    return (inspect.getdoc(cls) or "").partition("\n")[0]


def _named(name: str) -> type[Layer]:
    """Whoever asks by the path of a class means it, and may have it lying here: ``turntable:Turntable``."""
    with beside(Path.cwd()):
        return find_module(name, trusted=True)


def _line(word: str, option: Option[Any]) -> str:
    default = ""
    if option.required:
        default = ", needed"
    elif option.default not in (None, [], {}):
        default = f", {option.default!r} unless said"
    least = "" if option.minimum is None else f", at least {option.minimum:g}"
    return f"  {word} ({option.type_name()}{least}{default}): {option.doc}"


def _option_json(word: str, option: Option[Any]) -> dict[str, object]:
    default = None if option.required else option.default
    return {
        "name": word,
        "type": option.type_name(),
        "required": option.required,
        "default": str(default) if isinstance(default, Path) else default,
        "choices": list(option.choices),
        "minimum": option.minimum,
        "help": option.doc,
        "common": declared(Layer).get(word) is option,
    }
