"""The page of the modules has every module, its options as the code has them, and examples that load."""

from __future__ import annotations

import importlib.util
import re

import pytest

from blueprint.job import Job
from blueprint.plugins import OURS
from blueprint.script import execute
from blueprint.spec import to_job_spec
from tests.docs.test_examples import ROOT

PAGE = ROOT / "docs/blueprint/modules.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def test_the_tables_are_those_of_the_code():
    spec = importlib.util.spec_from_file_location("make_modules", ROOT / "docs/make_modules.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)

    assert made.page(PAGE.read_text()) == PAGE.read_text(), "run python docs/make_modules.py"


def test_every_module_has_its_table_and_an_example():
    text = PAGE.read_text()

    assert set(re.findall(r"<!-- options of (\w+) -->", text)) == set(OURS)
    for path in OURS.values():
        module, _, name = path.partition(":")
        assert [code for code in EXAMPLES if f"from {module} import" in code and f"{name}(" in code], path


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_makes_a_job(example, tmp_path):
    source = tmp_path / "shot.bp"
    source.write_text(example)
    job = execute(source, Job("shot", script=source, file=str(source)))

    assert to_job_spec(job, "1-10").layers
