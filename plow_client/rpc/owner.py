"""Who owns the other end of a connection within this machine: the kernel knows, so nobody can claim otherwise.

One netlink question about the one socket (inet_diag, Linux; sock_diag(7)) takes some 30 µs however many sockets
there are; reading /proc/net/tcp, which is asked where netlink is not allowed, takes longer the more there are.
The netlink message is two fixed structs: a library for all of netlink would be a hundred times the code.

Only a socket that a process still holds is believed: of one that was closed, the kernel says it is root's.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

_SOCK_DIAG, _BY_FAMILY, _REQUEST, _ERROR = 4, 20, 1, 2
_HEAD = struct.Struct("=LHHLL")  # length, type, flags, sequence, port
_ASK = struct.Struct("=BBBxL")  # family, protocol, extensions, states
_SOCKET = struct.Struct("!HH16s16s")  # source port, destination port, source, destination
_REST = struct.Struct("=LLL")  # interface, cookie (all ones: any)
_SOCKET_AT = _HEAD.size + 4
_UID_AT = _SOCKET_AT + 48 + 12  # behind the socket and three counters
_OWNER = struct.Struct("=LL")  # uid, inode; no inode: no process holds the socket any more
_ALL_STATES, _ANY = 0xFFFFFFFF, 0xFFFFFFFF
_ANSWER_S = 0.5

Address = tuple[str, int]


def packed(host: str) -> bytes:
    """The four or sixteen bytes of an address, as the kernel writes it; OSError where it is none."""
    return socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)


def owner_of(peer: Address, here: Address) -> str | None:
    """The account whose process connected from `peer` to `here`, both on this machine; None if nobody can tell."""
    uid = _uid(peer, here)
    if uid is None or uid == _unknown_uid():
        return None
    import pwd  # not on Windows, which has no uid either

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _uid(peer: Address, here: Address) -> int | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        return _ask_kernel(peer, here)
    except (OSError, ValueError, struct.error):
        return _look_up(peer, here)


def _ask_kernel(peer: Address, here: Address) -> int | None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as link:
        link.settimeout(_ANSWER_S)
        question = _question(peer, here)
        link.sendto(question, (0, 0))
        answer, (sender, _) = link.recvfrom(4096)
    if sender:  # only the kernel is 0
        raise ValueError(f"an answer of process {sender}")
    return _owner_told(question, answer)


def _owner_told(question: bytes, answer: bytes) -> int | None:
    """OSError and struct.error where the answer tells nothing."""
    kind = _HEAD.unpack_from(answer)[1]
    if kind == _ERROR:
        raise OSError(-struct.unpack_from("=i", answer, _HEAD.size)[0], "the kernel does not say")
    if kind != _BY_FAMILY or _socket_in(answer, _SOCKET_AT) != _socket_in(question, _HEAD.size + _ASK.size):
        return None  # a listener has the port by now
    uid, inode = _OWNER.unpack_from(answer, _UID_AT)
    return int(uid) if inode else None


def _socket_in(message: bytes, start: int) -> tuple[object, ...]:
    return _SOCKET.unpack_from(message, start)


def _question(peer: Address, here: Address) -> bytes:
    """Seen from the peer's end: its own address is the source."""
    source, target = packed(peer[0]), packed(here[0])
    family = socket.AF_INET if len(source) == 4 else socket.AF_INET6
    body = (
        _ASK.pack(family, socket.IPPROTO_TCP, 0, _ALL_STATES)
        + _SOCKET.pack(peer[1], here[1], source, target)
        + _REST.pack(0, _ANY, _ANY)
    )
    return _HEAD.pack(_HEAD.size + len(body), _BY_FAMILY, _REQUEST, 1, 0) + body


def _look_up(peer: Address, here: Address) -> int | None:
    """The same from the kernel's table of sockets."""
    wanted = (_hex(peer), _hex(here))
    for line in _table(6 if ":" in peer[0] else 4):
        columns = line.split()
        if len(columns) > 9 and (columns[1], columns[2]) == wanted:
            return int(columns[7]) if int(columns[9]) else None
    return None


def _table(version: int) -> Iterator[str]:
    with contextlib.suppress(OSError):  # no /proc here: then nobody can tell
        yield from Path("/proc/net/tcp6" if version == 6 else "/proc/net/tcp").read_text().splitlines()[1:]


def _hex(address: Address) -> str:
    """As /proc/net/tcp writes it: words in the machine's own byte order."""
    words = struct.unpack(f"={len(packed(address[0])) // 4}L", packed(address[0]))
    return "".join(f"{word:08X}" for word in words) + f":{address[1]:04X}"


def _unknown_uid() -> int:
    """What the kernel says of an account that this machine's table of users does not reach (a container's)."""
    try:
        return int(Path("/proc/sys/kernel/overflowuid").read_text())
    except (OSError, ValueError):
        return 65534
