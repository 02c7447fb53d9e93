"""plow.thrift is what other languages build on: Thrift's own compiler takes it, and nothing of 2013 is gone."""

from __future__ import annotations

import compileall
import shutil
import subprocess
from pathlib import Path

import pytest

from plow_client import idl

ROOT = Path(__file__).parents[2]
IDL = ROOT / "plow.thrift"
OLD = ROOT / "tests" / "integration" / "plow_2013.thrift"
SERVICES = ("RpcService", "RndServiceApi", "RndNodeApi")


def compiler() -> str:
    found = shutil.which("thrift")
    assert found, "no Thrift compiler: apt-get install -y --no-install-recommends thrift-compiler"
    return found


@pytest.mark.parametrize("language", ["js:node", "cpp", "java", "go", "rb", "py"])
def test_the_compiler_takes_it(tmp_path: Path, language: str) -> None:
    made = subprocess.run(
        [compiler(), "-strict", "--gen", language, "-o", tmp_path, IDL], capture_output=True, text=True
    )

    assert made.returncode == 0, made.stdout + made.stderr
    assert any(path.is_file() for path in tmp_path.rglob("*"))


def test_the_generated_python_compiles(tmp_path: Path) -> None:
    subprocess.run([compiler(), "--gen", "py", "-o", tmp_path, IDL], check=True, capture_output=True)

    assert compileall.compile_dir(tmp_path, quiet=2)


@pytest.fixture(scope="module")
def old():
    return idl.load(OLD, "contract_thrift")


@pytest.fixture(scope="module")
def new():
    return idl.load(IDL, "present_thrift")


def test_every_field_of_2013_has_its_id_and_type(old, new) -> None:
    structs = [name for name in dir(old) if hasattr(getattr(old, name), "thrift_spec")]
    assert len(structs) > 30

    for name in structs:
        ours = shapes(getattr(new, name))
        for number, kind in shapes(getattr(old, name)).items():
            assert ours.get(number) == kind, f"{name}, field {number}"


def test_every_enum_of_2013_has_its_numbers(old, new) -> None:
    enums = [name for name in dir(old) if hasattr(getattr(old, name), "_NAMES_TO_VALUES")]
    assert len(enums) == 8

    for name in enums:
        assert getattr(old, name)._NAMES_TO_VALUES.items() <= getattr(new, name)._NAMES_TO_VALUES.items()


@pytest.mark.parametrize("service", SERVICES)
def test_every_call_of_2013_takes_and_gives_what_it_did(old, new, service: str) -> None:
    theirs, ours = getattr(old, service), getattr(new, service)

    for method in theirs.thrift_services:
        assert method in ours.thrift_services
        for part in ("_args", "_result"):
            was, now = shapes(getattr(theirs, method + part)), shapes(getattr(ours, method + part))
            assert was.items() <= now.items(), method + part
        assert getattr(theirs, method + "_result").oneway == getattr(ours, method + "_result").oneway


def test_the_counts_are_those_of_2013(old) -> None:
    assert [len(getattr(old, service).thrift_services) for service in SERVICES] == [105, 2, 5]


def shapes(struct) -> dict[int, str]:
    """Field id → type, with structs and enums by name; names of fields do not travel."""
    return {
        number: shape((spec[0], spec[2]) if len(spec) == 4 else spec[0])
        for number, spec in struct.thrift_spec.items()
    }


def shape(kind) -> str:
    if isinstance(kind, tuple):
        return f"<{','.join(shape(each) for each in kind)}>"
    return getattr(kind, "__name__", str(kind))
