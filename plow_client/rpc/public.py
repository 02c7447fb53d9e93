"""Writes __init__.pyi, plow_client's public names as imports that type checkers and editors can follow."""

from __future__ import annotations

import plow_client

HEAD = '''\
"""Written by `python -m plow_client.rpc.stubs` from the list in __init__.py. Do not edit."""

'''


def render() -> str:
    """The text of __init__.pyi."""
    parts = [HEAD]
    for module, names in sorted(plow_client.HOMES.items()):
        parts.append(f"from plow_client.{module} import (\n")
        parts += (f"    {name} as {name},\n" for name in sorted(names))
        parts.append(")\n")
    parts.append("\nHOMES: dict[str, tuple[str, ...]]\n")
    parts.append("__all__: list[str]\n")
    return "".join(parts)
