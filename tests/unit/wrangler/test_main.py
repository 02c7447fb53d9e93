"""The door of the window: what a person reads where it cannot be opened."""

import sys

import pytest

from wrangler.main import main


class Refuser:
    """An import system in which one package cannot be imported."""

    def __init__(self, error):
        self.error = error

    def find_spec(self, name, path=None, target=None):
        if name == "wrangler.app":
            raise self.error


@pytest.fixture
def without(monkeypatch):
    def refuse(error):
        monkeypatch.delitem(sys.modules, "wrangler.app", raising=False)
        monkeypatch.setattr(sys, "meta_path", [Refuser(error), *sys.meta_path])

    return refuse


def test_without_qt_a_line_says_how_to_get_it(without, capsys):
    without(ModuleNotFoundError("No module named 'PySide6'", name="PySide6"))
    assert main([]) == 2
    assert "python3 run.py wrangler" in capsys.readouterr().err


def test_without_a_library_of_the_system_it_is_named_with_the_packages(without, capsys):
    without(ImportError("libGL.so.1: cannot open shared object file: No such file or directory"))
    assert main([]) == 2
    told = capsys.readouterr().err
    assert "libGL.so.1" in told and "libgl1" in told


def test_a_fault_of_ours_is_not_blamed_on_the_installation(without):
    without(ImportError("cannot import name 'Widnow' from 'wrangler.window'", name="wrangler.window"))
    with pytest.raises(ImportError, match="Widnow"):
        main([])
