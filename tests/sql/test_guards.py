"""The table of guards of `python -m benchmarks.mutations` is of the functions as they are."""

from __future__ import annotations

from benchmarks.mutations import ROOT, mutants


def test_every_guard_of_the_table_is_there_and_without_it_the_function_is_another() -> None:
    same = [
        mutant.told
        for mutant in mutants()
        if mutant.text(ROOT) == (ROOT / mutant.file).read_text(encoding="utf-8")
    ]
    assert same == []
