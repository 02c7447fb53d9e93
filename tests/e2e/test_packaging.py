"""What pip gets: wheel and source package are whole, and tests and examples do not leak into the wheel."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.bare_python import bare_python

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"plow_client", "plow_server", "rndaemon", "blueprint", "wrangler"}


def build(source, target, *words):
    done = subprocess.run(
        [sys.executable, *words, str(target)],
        cwd=source,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    """The source package, made from a copy of what git knows, so that the checkout stays as it is."""
    copy = tmp_path_factory.mktemp("checkout")
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    target = tmp_path_factory.mktemp("sdist")
    build(copy, target, "setup.py", "-q", "sdist", "--dist-dir")
    (made,) = target.glob("*.tar.gz")
    return made


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    """The wheel, made from the source package as an installer would."""
    target = tmp_path_factory.mktemp("wheel")
    build(target, target, "-m", "pip", "wheel", "-q", "--no-build-isolation", "--no-deps", str(sdist), "-w")
    (made,) = target.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def inside(wheel):
    return zipfile.ZipFile(wheel).namelist()


def test_the_source_package_has_what_a_build_and_a_reader_need(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"plow.thrift", "setup.py", "setup.cfg", "LICENSE", "run.py", "Makefile"} <= names


def test_the_wheel_carries_the_idl_as_it_is_in_the_checkout(wheel):
    assert zipfile.ZipFile(wheel).read("plow_client/plow.thrift") == (ROOT / "plow.thrift").read_bytes()


def test_the_wheel_has_our_packages_and_nothing_else(inside):
    assert {name.split("/")[0] for name in inside if ".dist-info" not in name} == PACKAGES


def tracked(*patterns):
    words = ["git", "ls-files", "--", *patterns]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def test_every_file_of_our_packages_is_in_the_wheel(inside):
    missing = sorted({name for name in tracked(*PACKAGES) if (ROOT / name).is_file()} - set(inside))
    assert missing == []


def test_an_installed_wheel_finds_its_idl_and_its_sql(wheel, tmp_path):
    build(tmp_path, tmp_path / "site", "-m", "pip", "install", "-q", "--no-deps", str(wheel), "--target")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r})\n"
        "from plow_client import idl; from plow_server.database import SQL\n"
        "print(idl.__file__); print(len(list(SQL.glob('migrations/*.sql'))))"
    )
    told = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, cwd=tmp_path)
    file, count = told.stdout.split()
    assert file.startswith(str(tmp_path))
    assert int(count) == len(tracked("plow_server/sql/migrations/*.sql"))


def test_row_a69_the_wheel_is_pure_python_and_its_client_installs_into_a_bare_one(wheel, tmp_path):
    """As docs/guide/python.md says for a DCC; thriftpy2 and what it needs are put beside it."""
    assert wheel.name.endswith("-py3-none-any.whl")
    build(tmp_path, tmp_path / "site", "-m", "pip", "install", "-q", "--no-deps", str(wheel), "--target")
    python = bare_python(tmp_path / "bare", tmp_path / "site" / "plow_client")
    told = subprocess.run(
        [python, "-c", "import plow_client as plow; print(plow.__file__, plow.VERSION, plow.JobSpec.__name__)"],
        capture_output=True, text=True, cwd=tmp_path, check=True,
    )  # fmt: skip
    file, version, _ = told.stdout.split()
    assert file.startswith(str(tmp_path / "bare"))
    assert version in wheel.name
