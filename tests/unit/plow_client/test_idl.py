"""The interface as Python sees it is the interface that plow.thrift declares."""

from __future__ import annotations

from enum import IntEnum

from plow_client import idl
from plow_client.rpc import stubs


def test_the_committed_types_are_those_of_the_idl():
    committed = (idl.PATH.parent / "plow_client" / "idl.pyi").read_text()

    assert committed == stubs.render(), "run: python -m plow_client.rpc.stubs"


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
