import json
import os

import pytest

from rndaemon.platform.boot import boot_id
from rndaemon.request import VERSION, FromTheFuture, Request, from_json
from rndaemon.spool import EXIT_BYTES, Identity, Spool, identity_of, is_proc_id

PROC = "0190a1b2-0000-7000-8000-000000000001"


@pytest.fixture
def spool(tmp_path):
    made = Spool(str(tmp_path), min_free_mb=0)
    assert made.claim()
    yield made
    made.release()


def request(proc_id=PROC):
    return Request(proc_id, "task", "job", "layer", ["true"], "/log", env={"A": "ü"})


def test_an_intent_is_read_as_it_was_written(spool):
    spool.add(request())

    assert [entry.proc_id for entry in spool.entries()] == [PROC]
    assert next(spool.entries()).read_request() == request()


def test_an_intent_of_an_older_release_is_read_as_far_as_it_goes():
    told = {**request()._asdict(), "version": 1, "forgotten": 1}
    del told["cores"]

    assert from_json(json.dumps(told).encode()).cores == 1


def test_an_intent_of_a_newer_release_is_refused_by_name():
    told = {**request()._asdict(), "version": VERSION + 1}

    with pytest.raises(FromTheFuture, match=f"{PROC}.*newer rndaemon"):
        from_json(json.dumps(told).encode())


def test_an_exit_record_has_its_room_before_anything_starts(spool):
    entry = spool.add(request())

    assert os.stat(os.path.join(entry.folder, "exit.new")).st_size == EXIT_BYTES
    assert entry.read_exit() is None


def test_an_exit_record_is_read_as_it_was_written(spool):
    entry = spool.add(request())
    entry.write_exit({"exit_status": 3, "reason": "ü"})

    assert entry.read_exit() == {"exit_status": 3, "reason": "ü"}


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-3000], lambda text: text.replace(b"3", b"4", 1), lambda _: b""]
)
def test_a_torn_exit_record_says_nothing(spool, spoil):
    entry = spool.add(request())
    entry.write_exit({"exit_status": 3, "reason": "x" * 7500})
    path = os.path.join(entry.folder, "exit")
    with open(path, "rb") as file:
        text = file.read()
    with open(path, "wb") as file:
        file.write(spoil(text))

    assert entry.read_exit() is None


def test_a_second_daemon_cannot_have_the_folder(spool, tmp_path):
    second = Spool(str(tmp_path))

    assert not second.claim()
    second.release()


def test_what_a_crash_left_half_made_is_cleared_away(spool, tmp_path):
    for name in (".new-x", ".gone-y"):
        os.mkdir(os.path.join(spool.folder, name))
        open(os.path.join(spool.folder, name, "request"), "w").close()
    spool.release()
    again = Spool(str(tmp_path))
    assert again.claim()

    assert os.listdir(again.folder) == []
    again.release()


def test_an_entry_goes_with_all_its_files(spool):
    entry = spool.add(request())
    entry.write_status({"phase": "running"})
    entry.write_kill({"reason": "x"})
    entry.remove()
    entry.remove()

    assert os.listdir(spool.folder) == []


def test_an_entry_cannot_be_made_twice(spool):
    spool.add(request())

    with pytest.raises(OSError):
        spool.add(request())
    assert os.listdir(spool.folder) == [PROC]


def test_the_lock_tells_whether_somebody_lives(spool):
    entry = spool.add(request())
    first = entry.hold_lock()
    assert first is not None and entry.hold_lock() is None
    os.close(first)

    again = entry.hold_lock()
    assert again is not None
    os.close(again)


def test_a_process_is_known_by_more_than_its_number():
    myself = identity_of(os.getpid())
    assert myself is not None and myself.is_alive()

    assert not myself._replace(start=myself.start + 1).is_alive()
    assert not myself._replace(boot_id="another boot").is_alive()
    assert not Identity(2**22 + 1, 1, boot_id()).is_alive()
    assert identity_of(2**22 + 1) is None


@pytest.mark.parametrize("text", ["", "..", "../x", PROC.upper(), PROC + "/x", PROC + "\n"])
def test_only_ids_become_folders(spool, text):
    assert not is_proc_id(text) or text == PROC
    with pytest.raises(ValueError):
        spool.entry(text)


def test_status_and_wish_are_empty_at_first(spool):
    entry = spool.add(request())

    assert (entry.read_status(), entry.read_kill(), entry.read_shim()) == ({}, None, None)
    assert entry.read_complaint() == ""


def test_a_shim_is_remembered(spool):
    entry = spool.add(request())
    entry.write_shim(Identity(7, 8, "b"))

    assert entry.read_shim() == Identity(7, 8, "b")


def test_a_full_disk_is_noticed(tmp_path):
    assert Spool(str(tmp_path), min_free_mb=10**9).is_full()
    assert not Spool(str(tmp_path), min_free_mb=0).is_full()
