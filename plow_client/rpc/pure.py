"""thriftpy2's codec for a Python that its compiled parts do not fit: slower, the same bytes.

A DCC brings a Python of its own, and a wheel for another version has parts that it cannot load. thriftpy2 itself then
fails to import its protocols, because it asks for the compiled ones wherever Python is CPython; so they are
switched off first, in the one place that it looks at.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_compat: Any = import_module("thriftpy2._compat")  # `import … as` would ask the package, which may wait
_compat.CYTHON = False

from thriftpy2.protocol.binary import TBinaryProtocol  # noqa: E402
from thriftpy2.transport.memory import TMemoryBuffer  # noqa: E402

TCyBinaryProtocol = TBinaryProtocol
TCyMemoryBuffer = TMemoryBuffer


def TCyBufferedTransport(source: Any, size: int) -> Any:
    """The source itself: only the compiled protocol needs a buffer of its own kind."""
    return source
