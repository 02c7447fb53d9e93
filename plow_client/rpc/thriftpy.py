"""thriftpy2's codec without its parser, its HTTP client, its sockets and its JSON protocols.

Importing one file of a package runs the package's `__init__`, and those of thriftpy2 import all that it has:
five megabytes and a tenth of a second for a process that wants to write a struct. Here they wait until
somebody asks the package for a name that only `__init__` knows, so that for everybody else in the process
thriftpy2 is as whole as ever; nothing is replaced. Should a later thriftpy2 need more of itself, it gets
it, and only memory is lost: tests/unit/plow_client/test_light.py tells.
"""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

# A package of thriftpy2, and what its C modules ask it for: a file below it, and the names from there.
_PACKAGES = (
    ("thriftpy2", "", ()),
    ("thriftpy2.protocol", "", ()),
    ("thriftpy2.transport", "thriftpy2.transport.base", ("TTransportBase", "TTransportException")),
)
_running = threading.RLock()


class _Waiting(ModuleType):
    """A package whose `__init__` has not run yet, or has, from the first look at a name that is not here."""

    def __getattr__(self, name: str) -> Any:
        with _running:  # another thread must not see the half of it
            if not vars(self).get("_has_run"):
                self._has_run = True
                try:
                    assert self.__spec__ and self.__spec__.loader
                    self.__spec__.loader.exec_module(self)
                except BaseException:
                    self._has_run = False
                    raise
        try:
            return vars(self)[name]
        except KeyError:
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'") from None


def _put_off(name: str) -> ModuleType | None:
    """Have a package wait; None where it is imported already, or not installed (which its import will say)."""
    spec = None if name in sys.modules else find_spec(name)
    if spec is None:
        return None
    package = module_from_spec(spec)
    package.__class__ = _Waiting
    above, _, last = name.rpartition(".")
    if above:
        setattr(sys.modules[above], last, package)
    return sys.modules.setdefault(name, package)


def _prepare() -> None:
    for name, file, names in _PACKAGES:
        package = _put_off(name)
        if package and file:
            found = import_module(file)
            vars(package).update({known: getattr(found, known) for known in names})


_prepare()

from thriftpy2.thrift import TApplicationException, TException, TPayload, gen_init  # noqa: E402

try:
    from thriftpy2.protocol.cybin.cybin import TCyBinaryProtocol
    from thriftpy2.transport.buffered.cybuffered import TCyBufferedTransport
    from thriftpy2.transport.memory.cymemory import TCyMemoryBuffer
except ImportError:  # its compiled parts are for another Python
    from plow_client.rpc.pure import TCyBinaryProtocol, TCyBufferedTransport, TCyMemoryBuffer

__all__ = [
    "TApplicationException",
    "TCyBinaryProtocol",
    "TCyBufferedTransport",
    "TCyMemoryBuffer",
    "TException",
    "TPayload",
    "gen_init",
]
