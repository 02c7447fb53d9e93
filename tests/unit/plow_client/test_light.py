"""A program pays for what it uses of plow_client, and whoever else uses thriftpy2 in it finds it whole."""

from __future__ import annotations

import subprocess
import sys

import pytest

import plow_client as plow


def modules_after(code: str) -> set[str]:
    """What a fresh Python has imported after some lines."""
    program = f"{code}\nimport sys\nprint(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_the_package_imports_nothing_of_it():
    assert {name for name in modules_after("import plow_client") if name.startswith("plow_client")} == {
        "plow_client"
    }


def test_the_codec_comes_without_the_rest_of_thriftpy2():
    found = modules_after("import plow_client.rpc.caller")

    heavy = {
        "thriftpy2.parser",
        "thriftpy2.http",
        "thriftpy2.protocol.json",
        "thriftpy2.transport.socket",
        "ply",
    }
    assert not found & {*heavy, "http.client", "email", "ssl", "urllib.request"}
    assert "thriftpy2.protocol.cybin.cybin" in found


def test_the_node_daemon_loads_no_part_of_the_api_for_scripts():
    found = modules_after("import rndaemon.main, rndaemon.daemon")

    assert not found & {
        "thriftpy2.parser",
        "thriftpy2.http",
        "plow_client.job",
        "fileseq",
        "rich",
        "email",
        "ctypes",
    }


@pytest.mark.parametrize(
    "use",
    [
        "import thriftpy2; print(thriftpy2.load.__name__)",
        "from thriftpy2 import load; print(load.__name__)",
        "from thriftpy2 import *; print(load.__name__)",
        "from thriftpy2.transport import TSocket; from thriftpy2.rpc import make_client; print('load')",
        "import thriftpy2.protocol; thriftpy2.protocol.TJSONProtocol; print('load')",
    ],
)
def test_others_find_thriftpy2_whole_before_and_after_us(use):
    assert said(f"import plow_client.rpc.caller\n{use}") == "load"
    assert said(f"{use}\nimport plow_client.rpc.caller") == "load"


def test_there_is_one_exception_of_the_library_whoever_asks_for_it():
    assert (
        said(
            "import plow_client.rpc.caller\nfrom thriftpy2.transport import TTransportException as ours\n"
            "from thriftpy2.transport.base import TTransportException as theirs\nprint(ours is theirs)"
        )
        == "True"
    )


def test_a_name_that_thriftpy2_lacks_is_the_usual_error():
    code = "import plow_client.rpc.caller, thriftpy2\ntry: thriftpy2.nothing\nexcept AttributeError as e: print(e)"

    assert said(code) == "module 'thriftpy2' has no attribute 'nothing'"


def test_a_public_name_comes_when_it_is_asked_for():
    assert said(
        "import plow_client as plow; print(plow.Job.__name__, plow.errors.NotFound is plow.NotFound)"
    ) == ("Job True")
    with pytest.raises(AttributeError, match="plow_client has no 'Jobb'"):
        _ = plow.Jobb


def test_every_public_name_is_in_dir():
    assert set(plow.__all__) <= set(dir(plow))
