"""Four dialects carry the same messages, byte for byte as other Thrift libraries write them."""

from __future__ import annotations

import random
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thriftpy2.protocol.binary import TBinaryProtocol
from thriftpy2.protocol.compact import TCompactProtocol
from thriftpy2.transport import TMemoryBuffer

from plow_client import idl
from plow_client.errors import Invalid
from plow_client.rpc import codec, fast
from plow_client.rpc.codec import Dialect
from plow_client.rpc.compact_in import Expander
from plow_client.rpc.incoming import Incoming
from plow_client.rpc.limits import Limits
from plow_client.rpc.message import CALL, REPLY, Malformed, read_head
from plow_client.rpc.skim import finished
from tests.wire import call, compact, framed

LIMITS = Limits(message_bytes=100_000)
WORDS = st.text(max_size=40)
NUMBERS = st.integers(-(2**31), 2**31 - 1)
LAYERS = st.builds(
    idl.LayerSpecT,
    name=WORDS,
    command=st.lists(WORDS, max_size=20),
    tags=st.none() | st.lists(WORDS, max_size=3),
    minCores=st.none() | NUMBERS,
    threadable=st.none() | st.booleans(),
    env=st.none() | st.dictionaries(WORDS, WORDS, max_size=3),
)
SPECS = st.builds(
    idl.JobSpecT, name=WORDS, uid=NUMBERS, paused=st.booleans(), layers=st.lists(LAYERS, max_size=3)
)


def written_by(protocol: type, name: str, struct: object, kind: int = CALL) -> bytes:
    """What the library's own pure Python codec writes."""
    buffer = TMemoryBuffer()
    written = protocol(buffer)
    written.write_message_begin(name, kind, 7)
    struct.write(written)
    written.write_message_end()
    return bytes(buffer.getvalue())


@settings(max_examples=60, deadline=None)
@given(SPECS)
def test_both_protocols_are_written_as_others_write_them(spec):
    arguments = idl.RpcService.launch_args(spec=spec)
    head = codec.begin("launch", CALL, 7)
    binary = codec.encode(head, arguments)

    assert binary == written_by(TBinaryProtocol, "launch", arguments)
    assert codec.pack(head, binary, Dialect.COMPACT) == written_by(TCompactProtocol, "launch", arguments)


@settings(max_examples=60, deadline=None)
@given(SPECS)
def test_the_c_encoder_writes_the_same_bytes(spec):
    assert fast.is_here(), "the development extra brings it"
    arguments = idl.RpcService.launch_args(spec=spec)
    head = codec.begin("launch", CALL, 2**31 - 1)
    for dialect in Dialect:
        written = codec.pack(head, codec.encode(head, arguments), dialect)
        with patch.object(codec, "_LONG", 0):  # from the second on it is a long one, in every dialect
            assert [codec.write(head, arguments, dialect) for _ in range(2)] == [written] * 2


def test_only_kinds_that_grow_long_take_the_c_encoder_in_binary(monkeypatch):
    monkeypatch.setattr(codec, "_long", set())
    asked = []
    monkeypatch.setattr(fast, "is_here", lambda: asked.append(True))
    head, result = codec.begin("getClusters", REPLY, 1), idl.RpcService.getClusters_result
    short, long = result(success=[idl.ClusterT(id="a")]), result(success=[idl.ClusterT(id="a" * 36)] * 200)

    for answer in (short, short, long):
        codec.write(head, answer, Dialect.FRAMED_BINARY)
    assert not asked
    codec.write(head, short, Dialect.FRAMED_BINARY)
    assert asked


@pytest.mark.parametrize("is_fast", [True, False])
def test_without_the_c_encoder_all_is_written_as_well(monkeypatch, is_fast):
    monkeypatch.setattr(fast, "is_here", lambda: is_fast)
    monkeypatch.setattr(codec, "_LONG", 0)
    cluster = idl.ClusterT(id="a", tags={"x"}, isLocked=False, name="é")
    io = idl.DiskIO(readCount=2**62, writeCount=-1, readBytes=0, writeBytes=127)
    task = idl.RunningTask(procId="p", progress=0.1, cpuPercent=-300, diskIO=io)
    ping = idl.Ping(hw=idl.Hardware(load=[0.5]), tasks=[task] * 20, isReboot=True)
    results = {
        "getClusters": idl.RpcService.getClusters_result(success=[cluster] * 20),
        "pingPong": idl.RndNodeApi.pingPong_result(success=ping),
        "getTask": idl.RpcService.getTask_result(problem=idl.PlowException(code=1, why="no task")),
    }
    for name, result in results.items():
        head = codec.begin(name, REPLY, -5)
        for dialect in Dialect:
            written = codec.write(head, result, dialect)
            binary = codec.to_binary(written[4 if dialect.is_framed else 0 :], dialect, LIMITS)
            assert binary == codec.encode(head, result)
    with pytest.raises(Exception, match=r"int|requires|format|STRING|value"):
        codec.write(codec.begin("x", CALL, 1), idl.RpcService.setJobMinCores_args("x", 2**31), Dialect.BINARY)


@settings(max_examples=60, deadline=None)
@given(SPECS)
def test_a_compact_message_becomes_the_binary_one_and_decodes_to_the_same(spec):
    binary = call("launch", spec=spec, seqid=2**31 - 1)
    there = codec.to_binary(compact(binary), Dialect.COMPACT, LIMITS)

    if all(layer.env != {} for layer in spec.layers):  # an empty compact map does not say of what
        assert there == binary
    assert codec.decode(read_head(there), there, idl.RpcService.launch_args()).spec == spec


def test_doubles_sets_bytes_and_wide_numbers_survive_compact():
    io = idl.DiskIO(readCount=2**62, writeCount=-1, readBytes=0, writeBytes=127)
    task = idl.RunningTask(procId="p", progress=0.1, cpuPercent=-300, diskIO=io)
    result = idl.RunTaskResult(procId="p", exitSignal=-9, exitStatus=-(2**31))
    for name, arguments in (("sendPing", {"ping": idl.Ping(tasks=[task] * 20, isReboot=True)}),):
        binary = call(name, service="RndServiceApi", **arguments)
        assert codec.to_binary(compact(binary), Dialect.COMPACT, LIMITS) == binary
    binary = call("taskComplete", service="RndServiceApi", result=result)
    assert codec.to_binary(compact(binary), Dialect.COMPACT, LIMITS) == binary
    tags = codec.encode(
        codec.begin("getClusters", REPLY, 1),
        idl.RpcService.getClusters_result(success=[idl.ClusterT(id="a", tags={"x"}, isLocked=False)]),
    )
    assert codec.to_binary(compact(tags), Dialect.COMPACT, LIMITS) == tags


@pytest.mark.parametrize(
    ("start", "dialect"),
    [
        (b"\x80", Dialect.BINARY),
        (b"\x82", Dialect.COMPACT),
        (b"\0\0\1\0\x80", Dialect.FRAMED_BINARY),
        (b"\0\0\1\0\x82", Dialect.FRAMED_COMPACT),
        (b"", None),
        (b"\0\0\1\0", None),
    ],
)
def test_the_first_bytes_tell_the_dialect(start, dialect):
    assert codec.dialect_of(start) is dialect


@pytest.mark.parametrize(
    ("start", "words"),
    [(b"GET /", "HTTP"), (b"\x16\x03\x01\x02\x00", "TLS hello"), (b"\0\0\0\x07g", "neither")],
)
def test_strangers_are_told_apart(start, words):
    with pytest.raises(Malformed, match=words):
        codec.dialect_of(start)


def test_a_value_of_the_wrong_type_does_not_become_a_message():
    with pytest.raises(Exception, match="jobId"):
        codec.encode(codec.begin("getJob", CALL, 1), idl.RpcService.getJob_args(jobId=5))
    with pytest.raises(Exception, match="value"):
        codec.encode(codec.begin("setJobMinCores", CALL, 1), idl.RpcService.setJobMinCores_args("x", 2**31))


# ---- unsound compact messages


def test_every_truncation_of_a_compact_message_is_refused():
    raw = compact(
        call("launch", spec=idl.JobSpecT(name="a" * 200, layers=[idl.LayerSpecT(name="b", command=["c"])]))
    )
    for length in range(len(raw)):
        with pytest.raises(Malformed):
            codec.to_binary(raw[:length], Dialect.COMPACT, LIMITS)
    with pytest.raises(Malformed, match="after the end"):
        codec.to_binary(raw + b"\0", Dialect.COMPACT, LIMITS)


HEAD = b"\x82\x21\x01\x0bgetPlowTime"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\x1c" * 1_000_000, "nested deeper"),
        (b"\x19" * 1_000, "nested deeper|does not exist"),
        (b"\x19\xf0\xff\xff\xff\xff\x07\0", "elements"),  # 2**31 - 1 elements of no type
        (b"\x19\x20\0", "does not exist"),
        (b"\x19\xf3\xff\xff\xff\xff\x0f\0", "elements"),  # a size that would be negative
        (b"\x18\xff\xff\xff\xff\x0f\0", "a string of"),
        (b"\x18\xff\xff\xff\xff\xff\xff\xff\xff\0", "more than 32 bits"),
        (b"\x16" + b"\xff" * 10 + b"\0", "more than 64 bits"),
        (b"\x1b\x01\x0d\0", "does not exist"),
        (b"\x1e\0", "no compact type"),
        (b"\x15\xfe\xff\xff\xff\x7f\0", "more than 32 bits"),
    ],
)
def test_hostile_compact_is_refused(body, words):
    with pytest.raises(Malformed, match=words):
        codec.to_binary(HEAD + body, Dialect.COMPACT, LIMITS)


def test_a_compact_message_of_one_byte_fields_is_limited():
    body = b"\x11" * 4001 + b"\0"
    with pytest.raises(Malformed, match="more than 4000 fields"):
        codec.to_binary(HEAD + body, Dialect.COMPACT, Limits(elements=1000))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_mutated_compact_is_refused_or_becomes_binary(seed):
    chance = random.Random(seed)
    raw = bytearray(compact(call("launch", spec=idl.JobSpecT(name="é", attrs={"a": "b"}, uid=300))))
    for _ in range(chance.randint(1, 4)):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    try:
        codec.to_binary(bytes(raw), Dialect.COMPACT, LIMITS)
    except Invalid:
        return


# ---- messages cut from a stream


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_messages_are_cut_from_a_stream_however_it_arrives(dialect, piece):
    raw = [call("getJob", jobId="é" * n, seqid=n) for n in range(1, 6)]
    stream = b"".join(codec.pack(read_head(one), one, dialect) for one in raw)
    incoming, found = Incoming(LIMITS), []
    for start in range(0, len(stream), piece):
        incoming.feed(stream[start : start + piece])
        while (request := incoming.next()) is not None:
            assert request.dialect is dialect
            message = request.message
            found.append(message if request.is_binary else codec.to_binary(message, dialect, LIMITS))

    assert found == raw
    assert len(incoming) == 0


@pytest.mark.parametrize("dialect", Dialect)
def test_a_message_beyond_the_limit_is_refused_before_it_is_read(dialect):
    raw = call("getJob", jobId="x" * 200_000)
    incoming = Incoming(LIMITS)
    incoming.feed(codec.pack(read_head(raw), raw, dialect)[:110_000])
    with pytest.raises(Malformed, match="at most 100000"):
        incoming.next()
    assert read_head(incoming.start()).name == "getJob"


def test_a_frame_of_two_gigabytes_is_refused_at_its_fifth_byte():
    incoming = Incoming(LIMITS)
    incoming.feed(b"\x7f\xff\xff\xff\x80")
    with pytest.raises(Malformed, match="2147483647 bytes"):
        incoming.next()


def test_a_trickle_is_followed_without_starting_again():
    raw = compact(
        call("launch", spec=idl.JobSpecT(name="a", layers=[idl.LayerSpecT(name="b", command=["c"] * 5000)]))
    )
    buffer = bytearray()
    expander = Expander(buffer, LIMITS)
    walk = expander.message()
    for byte in raw[:-1]:
        buffer.append(byte)
        assert next(walk) > len(buffer)
    buffer.append(raw[-1])
    assert finished(walk) == len(raw)
    assert bytes(expander.out) == codec.to_binary(raw, Dialect.COMPACT, LIMITS)


def test_a_walk_that_wants_more_than_there_is_is_an_error():
    with pytest.raises(Malformed, match="ends early"):
        finished(Expander(b"\x82", LIMITS).message())


def test_framing_adds_the_length():
    raw = call("getPlowTime")
    assert codec.pack(read_head(raw), raw, Dialect.FRAMED_BINARY) == framed(raw)
