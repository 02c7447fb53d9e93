"""Programs as an installation has them: compiled before they start, whatever this machine says of such files.

A process that compiles Plow anew at every start keeps some megabytes of what that took.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


@contextmanager
def compiled() -> Iterator[None]:
    """What is started within keeps what it compiles: start it once, and measure it at the second time."""
    with tempfile.TemporaryDirectory(prefix="plow-compiled-") as folder:
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        with patch.dict(os.environ, {**environ, "PYTHONPYCACHEPREFIX": folder}, clear=True):
            subprocess.run([sys.executable, "-c", ""], check=True)  # Python's own files
            yield
