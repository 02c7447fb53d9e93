"""The guard lets sound messages through and refuses every other one, saying why."""

from __future__ import annotations

import math
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plow_client import idl
from plow_client.errors import Invalid, PlowError
from plow_client.rpc import codec
from plow_client.rpc.guard import Guard
from plow_client.rpc.limits import Limits
from plow_client.rpc.message import BOOL, I32, LIST, MAP, REPLY, SET, STRING, STRUCT, Malformed, read_head
from tests.wire import SKIPPED, call, field, i32, message, text

SMALL = Limits(depth=6, elements=1000, string_bytes=1024)
GUARDS = {name: Guard(service, Limits(), codec.APPLICATION_FAULT) for name, service in idl.services.items()}


def check(raw: bytes, limits: Limits | None = None, service: str = "RpcService") -> None:
    guard = Guard(idl.services[service], limits, codec.APPLICATION_FAULT) if limits else GUARDS[service]
    guard.request(read_head(raw), raw)


def refused(raw: bytes, words: str, kind: type[PlowError] = Invalid, limits: Limits | None = None) -> None:
    with pytest.raises(kind, match=words):
        check(raw, limits)


def spec() -> object:
    depend = idl.DependSpecT(type=idl.DependType.LAYER_ON_LAYER, dependentLayer="a", dependOnLayer="b")
    layer = idl.LayerSpecT(
        name="beauty", command=["blender", "é"], tags=["render"], minCores=2, env={"A": "1"}, depends=[depend]
    )
    return idl.JobSpecT(name="sc020", project="film", layers=[layer], attrs={"k": "v"}, uid=-1)


def job(number: int) -> object:
    totals = idl.TaskTotalsT(*range(len(idl.TaskTotalsT.thrift_spec)))
    return idl.JobT(id=str(number), folderId="f", name="é", paused=True, state=1, maxCores=-1, totals=totals)


# ---- what is sound


def test_sound_calls_pass():
    check(call("getPlowTime"))
    check(call("getJob", jobId="0192-é-\U0001f600"))
    check(call("launch", spec=spec()))
    check(call("setNodeTags", id="x", tags=["a", "b"]))
    check(call("setNodeSlotMode", id="x", mode=idl.SlotMode.SLOTS, slotCores=2, slotRam=-1))
    running = idl.RunningTask(procId="p", progress=0.5, rssMb=7, pid=1, cpuPercent=99)
    ping = idl.Ping(hostname="n", hw=idl.Hardware(load=[0.1, 2.0]), tasks=[running])
    check(call("sendPing", service="RndServiceApi", ping=ping), service="RndServiceApi")


def test_a_field_that_we_do_not_know_is_passed_over():
    nested = field(STRUCT, 1, field(LIST, 2, bytes([STRUCT]) + i32(2) + b"\0\0") + b"\0")
    mapped = field(MAP, SKIPPED, bytes([STRING, BOOL]) + i32(1) + text(b"k") + b"\1")
    body = mapped + field(STRUCT, SKIPPED + 1, nested + b"\0") + field(STRING, 1, text(b"id")) + b"\0"
    check(message("getJob", body))


def test_a_sound_answer_passes_and_may_know_more_enum_numbers_than_we_do():
    result = idl.RpcService.getJobs_result(success=[job(1), job(2)])
    result.success[0].state = 99
    raw = codec.encode(codec.begin("getJobs", REPLY, 1), result)
    GUARDS["RpcService"].reply(read_head(raw), raw)


def test_an_empty_container_of_another_type_is_just_empty():
    check(message("setNodeTags", field(STRING, 1, text(b"x")) + field(SET, 2, b"\x0c" + i32(0)) + b"\0"))


# ---- structure


def test_every_truncation_of_a_sound_call_is_refused():
    raw = call("launch", spec=spec())
    for length in range(len(raw)):
        with pytest.raises(Malformed):
            check(raw[:length])


def test_bytes_after_the_message_are_refused():
    refused(call("getPlowTime") + b"\0", "1 bytes after the end", Malformed)


def test_deep_nesting_is_refused():
    deep = field(STRUCT, SKIPPED, b"") * 1_000_000
    refused(message("getPlowTime", deep), "nested deeper than 24", Malformed)
    lists = field(LIST, SKIPPED, (bytes([LIST]) + i32(1)) * 1000)
    refused(message("getPlowTime", lists), "nested deeper than 24", Malformed)


@pytest.mark.parametrize("wire", [0, 1, 5, 7, 9, 16, 17, 18, 255])
def test_a_list_of_elements_that_take_no_bytes_is_refused(wire):
    body = field(LIST, SKIPPED, bytes([wire]) + i32(2**31 - 1)) + b"\0"
    raw = message("getPlowTime", body)
    assert len(raw) <= 41
    refused(raw, "elements|no type", Malformed)
    refused(
        message("getPlowTime", field(LIST, SKIPPED, bytes([wire]) + i32(5)) + b"\0"), "no type", Malformed
    )


def test_four_kilobytes_of_such_lists_are_refused():
    body = field(LIST, SKIPPED, bytes([1]) + i32(2**31 - 1)) * 500 + b"\0"
    refused(message("getPlowTime", body), "elements", Malformed)


def test_a_known_list_of_more_elements_than_bytes_is_refused():
    body = field(STRING, 1, text(b"x")) + field(SET, 2, bytes([STRING]) + i32(1000)) + b"\0"
    refused(message("setNodeTags", body), "ends inside a container", Malformed)


@pytest.mark.parametrize("size", [-1, -(2**31)])
def test_negative_sizes_are_refused(size):
    refused(message("getJob", field(STRING, 1, i32(size)) + b"\0"), "longer than", Malformed)
    known = field(STRING, 1, text(b"x")) + field(SET, 2, bytes([STRING]) + i32(size)) + b"\0"
    refused(message("setNodeTags", known), "elements", Malformed)
    refused(
        message("getPlowTime", field(LIST, SKIPPED, bytes([I32]) + i32(size)) + b"\0"), "elements", Malformed
    )
    refused(message("getPlowTime", field(STRING, SKIPPED, i32(size)) + b"\0"), "a string of", Malformed)


def test_all_elements_of_a_message_count_together():
    tags = ["x"] * 501
    filters = idl.JobFilterT(project=tags, user=tags)
    refused(call("getJobs", filter=filters), "more than 1000 elements", Malformed, SMALL)
    check(call("getJobs", filter=idl.JobFilterT(project=tags[:500], user=tags[:500])), SMALL)


def test_unknown_fields_are_limited_too():
    """Each takes four bytes and a walk of its own: four million of them fit into one message."""
    body = field(2, SKIPPED, b"\1") * 1001 + b"\0"
    refused(message("getPlowTime", body), "more than 1000 elements and unknown fields", Malformed, SMALL)
    check(message("getPlowTime", field(2, SKIPPED, b"\1") * 1000 + b"\0"), SMALL)
    inner = field(STRUCT, SKIPPED, field(2, 1, b"\1") * 4001 + b"\0") + b"\0"
    refused(message("getPlowTime", inner), "more than 4000 fields", Malformed, SMALL)


def test_a_long_string_is_refused():
    refused(call("getJob", jobId="x" * 1025), "getJob.jobId is longer than 1024", Malformed, SMALL)
    check(call("getJob", jobId="x" * 1024), SMALL)


@pytest.mark.parametrize("raw", [b"", b"\x80\x01", b"GET / HTTP/1.1", b"\x80\x02\0\1" + bytes(20)])
def test_what_has_no_head_is_refused(raw):
    with pytest.raises(Malformed):
        read_head(raw)


def test_a_long_or_strange_name_is_refused():
    with pytest.raises(Malformed, match="129 bytes"):
        read_head(message("x" * 129, b"\0"))
    with pytest.raises(Malformed, match="plain text"):
        read_head(message("gétJob", b"\0"))


# ---- content


@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"a\xed\xa0\x80", b"\xc0\x80"])
def test_a_string_that_is_not_utf8_is_refused(bad):
    refused(message("getJob", field(STRING, 1, text(bad)) + b"\0"), "getJob.jobId is not UTF-8")


def test_a_string_with_a_nul_is_refused():
    refused(call("getJob", jobId="a\0b"), "getJob.jobId holds a NUL")
    refused(call("setJobAttrs", jobId="x", attrs={"a\0": "b"}), "NUL")
    refused(call("getJobs", filter=idl.JobFilterT(user=["a", "\0"])), "JobFilterT.user holds a NUL")


def test_a_missing_argument_is_named():
    refused(message("killJob", field(STRING, 1, text(b"x")) + b"\0"), "killJob: no 'reason' given")
    refused(call("pauseJob", jobId="x"), "pauseJob: no 'paused' given")
    refused(call("setNodeSlotMode", id="x", slotCores=1, slotRam=1), "no 'mode' given")


def test_a_missing_required_field_is_named():
    refused(call("launch", spec=idl.JobSpecT(layers=[idl.LayerSpecT(name="a")])), "LayerSpecT: no 'command'")


def test_a_missing_required_field_of_a_run_is_named():
    counts = {spec[1]: 5 for spec in idl.ClusterCountsT.thrift_spec.values()}
    whole, short = (
        idl.ClusterT(id="c", name="farm", total=idl.ClusterCountsT(**{**counts, "repairNodes": value}))
        for value in (0, None)
    )
    for cluster in (whole, short):
        result = idl.RpcService.getCluster_result(success=cluster)
        raw = codec.encode(codec.begin("getCluster", REPLY, 1), result)
        if cluster is whole:
            GUARDS["RpcService"].reply(read_head(raw), raw)
            continue
        with pytest.raises(Invalid, match="ClusterCountsT: no 'repairNodes' given"):
            GUARDS["RpcService"].reply(read_head(raw), raw)


def test_fields_in_another_order_are_as_good():
    body = (
        field(I32, 3, i32(1)) + field(STRING, 1, text(b"x")) + field(I32, 2, i32(1)) + field(I32, 4, i32(1))
    )
    check(message("setNodeSlotMode", body + b"\0"))


def test_a_known_field_of_another_type_is_refused():
    refused(message("getJob", field(I32, 1, i32(5)) + b"\0"), "getJob.jobId is of another type")
    wrong = field(STRING, 1, text(b"x")) + field(SET, 2, bytes([I32]) + i32(1) + i32(5)) + b"\0"
    refused(message("setNodeTags", wrong), "setNodeTags.tags has elements of another type")
    wrong = (
        field(STRING, 1, text(b"x"))
        + field(MAP, 2, bytes([STRING, I32]) + i32(1) + text(b"k") + i32(5))
        + b"\0"
    )
    refused(message("setJobAttrs", wrong), "another type")


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_refused(number):
    ping = idl.Ping(hostname="n", hw=idl.Hardware(load=[1.0, number]))
    raw = call("sendPing", service="RndServiceApi", ping=ping)
    with pytest.raises(Invalid, match="Hardware.load has a value that it cannot have"):
        check(raw, service="RndServiceApi")
    task = idl.RunningTask(procId="p", progress=number)
    raw = call("sendPing", service="RndServiceApi", ping=idl.Ping(tasks=[task]))
    with pytest.raises(Invalid, match="RunningTask.progress has a value that it cannot have"):
        check(raw, service="RndServiceApi")


def test_an_enum_number_that_does_not_exist_is_refused():
    refused(
        call("setNodeSlotMode", id="x", mode=9, slotCores=1, slotRam=1), "setNodeSlotMode.mode has a value"
    )
    refused(call("getJobs", filter=idl.JobFilterT(states=[1, -1])), "JobFilterT.states has a value")


# ---- mutations: what passes is decoded without an error, quickly bounded by its own length


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_what_the_guard_lets_through_can_be_decoded(seed):
    chance = random.Random(seed)
    name, arguments = chance.choice(
        [("launch", {"spec": spec()}), ("killJob", {"jobId": "x", "reason": "é"})]
    )
    raw = bytearray(call(name, **arguments))
    for _ in range(chance.randint(1, 6)):
        _mutate(raw, chance)
    try:
        head = read_head(bytes(raw))
        if head.name != name:
            return
        check(bytes(raw))
    except Invalid:
        return
    codec.decode(head, bytes(raw), getattr(idl.RpcService, f"{name}_args")())


def _mutate(raw: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(raw))
    match chance.randrange(5):
        case 0:
            raw[place] = chance.randrange(256)
        case 1:
            raw[place] ^= 1 << chance.randrange(8)
        case 2:
            del raw[place : place + chance.randint(1, 8)]
            raw += b"\0" * (12 - len(raw))
        case 3:
            raw[place:place] = chance.randbytes(chance.randint(1, 8))
        case 4:
            raw[place : place + 4] = struct.pack(">i", chance.choice([-1, 2**31 - 1, 0, 65536]))
