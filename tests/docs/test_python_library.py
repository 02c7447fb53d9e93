"""docs/guide/python-library.md has every public name of plow_client, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import plow_client as plow

LIBRARY = (Path(__file__).parents[2] / "docs" / "guide" / "python-library.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", plow.__all__)
def test_every_public_name_is_on_the_library_page(name: str) -> None:
    assert f"`{name}`" in LIBRARY


def test_the_library_page_names_nothing_that_is_not_there() -> None:
    lists = "\n".join(
        line for line in re.sub(r"```.*?```", "", LIBRARY, flags=re.DOTALL).splitlines() if line[:1] == "`"
    )
    told = re.findall(r"`(\w+)`", lists)

    assert [name for name in told if name not in plow.__all__] == []
    assert len(told) > 200
