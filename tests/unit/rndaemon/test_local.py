"""The local socket: a real one, a desk that only notes, and who may say what."""

import json
import os
import socket

import pytest

from plow_client import node_socket
from plow_client.errors import Denied, Invalid, NotAllowed, Unavailable
from rndaemon import local
from rndaemon.local import Guests, LocalSocket


class Desk:
    def __init__(self):
        self.heard = []

    def drain(self, who, reason):
        self.heard.append(("drain", who, reason))

    def resume(self, who):
        self.heard.append(("resume", who))

    def stop(self, who, when_idle):
        self.heard.append(("stop", who, when_idle))

    def nimby(self, who, wish):
        if wish == "sideways":
            raise NotAllowed("no such way")
        self.heard.append(("nimby", who, wish))

    def status(self):
        return {"node": "n1"}


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def folder(tmp_path, desk):
    opened = LocalSocket(tmp_path, desk, Guests(list))
    opened.start()
    yield tmp_path
    opened.stop()


ME = local.name_of(os.getuid())


def test_every_word_reaches_the_desk_with_the_name_of_who_says_it(folder, desk):
    for do, said in [
        ("drain", {"reason": "a disk"}),
        ("resume", {}),
        ("stop", {}),
        ("nimby", {"wish": "on"}),
    ]:
        assert node_socket.ask(folder, do, **said) == {"node": "n1"}

    assert desk.heard == [("drain", ME, "a disk"), ("resume", ME), ("stop", ME, False), ("nimby", ME, "on")]


def test_a_refusal_arrives_as_what_it_is(folder):
    with pytest.raises(NotAllowed, match="no such way"):
        node_socket.ask(folder, "nimby", wish="sideways")
    with pytest.raises(Invalid, match="expected one of status, drain"):
        node_socket.ask(folder, "dance")


@pytest.mark.parametrize("line", [b"", b"\n", b"{\n", b"[]\n", b'"status"\n', b"\xff\xfe\n", b"7\n"])
def test_nonsense_is_answered_and_the_next_is_served(folder, line):
    with socket.socket(socket.AF_UNIX) as guest:
        guest.connect(str(folder / node_socket.NAME))
        guest.sendall(line)
        guest.shutdown(socket.SHUT_WR)
        assert json.loads(guest.recv(10_000))["code"] == Invalid.code

    assert node_socket.ask(folder, "status") == {"node": "n1"}


def test_many_silent_guests_do_not_end_it(folder, monkeypatch):
    monkeypatch.setattr(local, "_WITHIN_S", 0.05)
    guests = [socket.socket(socket.AF_UNIX) for _ in range(local._MOST)]
    for guest in guests:
        guest.connect(str(folder / node_socket.NAME))

    assert node_socket.ask(folder, "status") == {"node": "n1"}
    for guest in guests:
        guest.close()


def test_a_socket_that_a_crash_left_is_replaced(tmp_path, desk):
    with socket.socket(socket.AF_UNIX) as old:
        old.bind(str(tmp_path / node_socket.NAME))
    opened = LocalSocket(tmp_path, desk, Guests(list))
    opened.start()

    assert node_socket.ask(tmp_path, "status") == {"node": "n1"}
    opened.stop()
    with pytest.raises(Unavailable, match=str(tmp_path)):
        node_socket.ask(tmp_path, "status")


def test_a_folder_however_deep_is_reached(tmp_path, desk):
    deep = tmp_path / ("a" * 90) / ("b" * 90)
    deep.mkdir(parents=True)
    opened = LocalSocket(deep, desk, Guests(list))
    opened.start()

    assert node_socket.ask(deep, "status") == {"node": "n1"}
    opened.stop()


def test_a_folder_that_takes_no_socket_does_not_keep_the_daemon_from_starting(tmp_path, desk):
    opened = LocalSocket(tmp_path / "gone", desk, Guests(list))
    opened.start()
    opened.stop()


GUESTS = Guests(lambda: ["anna"], people=["carl"], task_user="plowtask", own_uid=990)


@pytest.mark.parametrize(
    "uid, name, may",
    [
        (0, "root", {"status", "nimby", "drain", "resume", "stop"}),
        (990, "plow", {"status", "nimby", "drain", "resume", "stop"}),
        (1000, "anna", {"status", "nimby"}),  # logged in
        (1001, "carl", {"status", "nimby"}),  # named
        (1002, "bob", {"status"}),
        (995, "plowtask", {"status"}),
    ],
)
def test_who_may_say_what(uid, name, may):
    allowed = set()
    for do in ("status", "nimby", "drain", "resume", "stop"):
        try:
            GUESTS.check(do, uid, name)
        except Denied as error:
            assert name in error.why
        else:
            allowed.add(do)

    assert allowed == may


def test_a_task_has_no_say_even_if_its_user_is_logged_in():
    with pytest.raises(Denied, match="who tasks run as"):
        Guests(lambda: ["plowtask"], task_user="plowtask", own_uid=0).check("nimby", 995, "plowtask")


def test_the_folder_that_is_meant_is_the_one_with_a_socket(tmp_path, monkeypatch):
    mine, machine = tmp_path / "mine", tmp_path / "machine"
    monkeypatch.setattr(node_socket, "state_dir", lambda: mine)
    monkeypatch.setattr(node_socket, "MACHINE_STATE", machine)
    assert node_socket.find_folder() == mine / "node"
    (machine / "node").mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(machine / "node" / node_socket.NAME))
        assert node_socket.find_folder() == machine / "node"
    assert node_socket.find_folder(tmp_path) == tmp_path
