"""The interface as Python sees it is the interface that plow.thrift declares."""

from __future__ import annotations

import copy
import pickle
import threading
from enum import IntEnum
from pathlib import Path

import pytest

import plow_client
from plow_client import idl
from plow_client.rpc import stubs
from plow_client.rpc.declared import Declared


@pytest.mark.parametrize("name", ["idl.pyi", "idl_tables.py", "__init__.pyi"])
def test_the_committed_file_is_that_of_the_idl(name):
    committed = Path(plow_client.__file__).with_name(name).read_text()

    assert committed == stubs.files()[name], "run: python -m plow_client.rpc.stubs"


@pytest.fixture(scope="module")
def parsed():
    return vars(idl.load(idl.find(), "plow_client.plow_thrift"))["__thrift_meta__"]


def shape(kind):
    """A struct's fields and defaults, with the names of other kinds instead of the kinds."""
    return {number: _named(spec) for number, spec in kind.thrift_spec.items()}, kind.default_spec


def _named(part):
    if isinstance(part, tuple):
        return tuple(map(_named, part))
    return part.__name__ if isinstance(part, type) else part


def test_structs_are_those_that_the_parser_makes(parsed):
    theirs = [*parsed["structs"], *parsed["exceptions"]]

    assert list(idl.structs) == [kind.__name__ for kind in theirs]
    for kind in theirs:
        assert shape(idl.structs[kind.__name__]) == shape(kind)
        assert issubclass(idl.structs[kind.__name__], Exception) == issubclass(kind, Exception)


def test_enums_are_those_that_the_parser_makes(parsed):
    assert list(idl.enums) == [kind.__name__ for kind in parsed["enums"]]
    for kind in parsed["enums"]:
        ours = idl.enums[kind.__name__]
        assert {member.name: member.value for member in ours} == kind._NAMES_TO_VALUES
        assert ours._VALUES_TO_NAMES == kind._VALUES_TO_NAMES


def test_calls_are_those_that_the_parser_makes(parsed):
    assert list(idl.services) == [kind.__name__ for kind in parsed["services"]]
    for kind in parsed["services"]:
        ours = idl.services[kind.__name__]
        assert ours.thrift_services == kind.thrift_services
        for part in (f"{call}_{part}" for call in kind.thrift_services for part in ("args", "result")):
            assert shape(getattr(ours, part)) == shape(getattr(kind, part))
            assert getattr(getattr(ours, part), "oneway", None) == getattr(
                getattr(kind, part), "oneway", None
            )


def test_a_struct_may_hold_its_own_kind_and_another_that_holds_it():
    fields = {
        "Tree": ((1, 15, "below", (12, "Tree"), False, None), (2, 12, "leaf", "Leaf", False, None)),
        "Leaf": ((1, 12, "tree", "Tree", False, None),),
    }
    made = Declared(__name__, {}, fields, {}, {})

    tree, leaf = made.structs["Tree"], made.structs["Leaf"]
    assert tree.thrift_spec == {1: (15, "below", (12, tree), False), 2: (12, "leaf", leaf, False)}
    assert leaf.thrift_spec == {1: (12, "tree", tree, False)}


def test_threads_that_ask_at_once_get_one_whole_struct():
    fields = {
        f"S{n}": ((1, 12, "next", f"S{n + 1}", False, None),)
        if n < 99
        else ((1, 11, "end", None, True, None),)
        for n in range(100)
    }
    made, found, start = Declared(__name__, {}, fields, {}, {}), [], threading.Barrier(8)

    def ask():
        start.wait()
        found.append((made.structs["S0"], made.structs["S50"].thrift_spec[1][2]))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [(made.structs["S0"], made.structs["S51"])] * 8


def test_a_name_that_the_idl_lacks_is_an_error_that_says_so():
    with pytest.raises(AttributeError, match="plow.thrift declares no 'JobX'"):
        _ = idl.JobX
    with pytest.raises(AttributeError, match="RpcService has no 'getNothing_args'"):
        _ = idl.RpcService.getNothing_args


def test_structs_can_be_copied_and_pickled():
    pool = idl.PoolT(name="gpu", hosts=["r1"])

    assert pickle.loads(pickle.dumps(pool)) == copy.deepcopy(pool) == pool


def test_every_declared_thing_is_an_attribute():
    for name, kind in {**idl.enums, **idl.structs, **idl.services}.items():
        assert getattr(idl, name) is kind


def test_enums_compare_with_the_plain_numbers_of_the_wire():
    assert issubclass(idl.TaskState, IntEnum)
    assert idl.TaskState.DEAD == 3
    assert idl.TaskState(6).name == "SUCCEEDED"


def test_the_three_services_are_there():
    assert set(idl.services) == {"RpcService", "RndServiceApi", "RndNodeApi"}
    assert "launch" in idl.RpcService.thrift_services


def test_a_field_is_optional_where_the_idl_says_so_and_gives_no_default():
    text = """
    struct One {
      1: required string id,  // optional string not = a field
      2: optional i32 count,
      3: optional map<string, string> attrs
      4: optional double part = 0.0,
      /* 5: optional string gone */
      6: i32 plain,
    }
    """
    assert stubs.optional_fields(text) == {"One": {"count", "attrs"}}


def test_no_container_has_a_default_because_all_structs_would_share_it():
    for name, kind in idl.structs.items():
        for field, default in kind.default_spec:
            assert not isinstance(default, (list, dict, set)), f"{name}.{field}"


def test_every_call_that_is_answered_declares_one_error_with_a_code_and_a_reason():
    for service in idl.services.values():
        for call in service.thrift_services:
            result = getattr(service, f"{call}_result")
            declared = [spec[2] for key, spec in result.thrift_spec.items() if key]
            if result.oneway:
                assert not declared
            else:
                [error] = declared
                assert [spec[1] for spec in error.thrift_spec.values()][:2] == ["code", "why"]
