"""Doors between the client and a server that fail in ways that a test decides."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator


class Door:
    """Passes on what comes; `cut_answers` of the next answers are lost with their connection."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.cut_answers = 0
        self.cut = 0
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """HOST:PORT where it stands."""
        return "{}:{}".format(*self._listening.getsockname())

    def close(self) -> None:
        """Let nobody in any more."""
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                inside, _ = self._listening.accept()
                outside = socket.create_connection(self._server)
                for source, sink, is_answer in ((inside, outside, False), (outside, inside, True)):
                    threading.Thread(target=self._pass, args=(source, sink, is_answer), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        with contextlib.suppress(OSError):  # the other side is gone
            while piece := source.recv(65536):
                if is_answer and self.cut_answers:
                    self.cut_answers -= 1
                    self.cut += 1
                    break
                sink.sendall(piece)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextlib.contextmanager
def silent_server() -> Iterator[str]:
    """HOST:PORT of a server that was stopped in the middle: it takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield "{}:{}".format(*listening.getsockname())


def closed_port() -> str:
    """HOST:PORT where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return "{}:{}".format(*listening.getsockname())
