"""The reference has each call, argument, field and value of plow.thrift, and nothing that is not there."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from plow_client import idl
from plow_client.rpc import codec
from plow_client.rpc.message import CALL, REPLY, read_head

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
BY_HAND = {"errors.md", "job-spec.md"}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec and spec.loader
    found = importlib.util.module_from_spec(spec)
    sys.modules["make_reference"] = found
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def interface(tool: ModuleType):
    return tool.read((ROOT / "plow.thrift").read_text())


def test_the_pages_are_written_anew_from_the_interface(tool: ModuleType, interface) -> None:
    made = tool.pages(interface, tool.words())
    assert set(made) | BY_HAND == {path.name for path in REFERENCE.glob("*.md")}
    for name, text in made.items():
        assert (REFERENCE / name).read_text() == text.rstrip() + "\n", (
            f"{name}: run python docs/make_reference.py"
        )


def test_every_call_is_read_with_its_arguments(interface) -> None:
    read = {(c.service, c.name): [(a.number, a.name) for a in c.arguments] for c in interface.calls}
    assert len(read) == len(interface.calls)
    assert read == {
        (name, call): [
            (number, spec[1]) for number, spec in getattr(service, f"{call}_args").thrift_spec.items()
        ]
        for name, service in idl.services.items()
        for call in service.thrift_services
    }
    assert all(call.text for call in interface.calls)


def test_every_field_and_value_is_read(interface) -> None:
    assert {
        name: [(one.number, one.name) for one in fields] for name, (_, fields) in interface.structs.items()
    } == {
        name: [(number, spec[1]) for number, spec in struct.thrift_spec.items()]
        for name, struct in idl.structs.items()
    }
    assert {
        name: [(label, int(number)) for label, number, _ in values]
        for name, (_, values) in interface.enums.items()
    } == {name: [(value.name, value.value) for value in enum] for name, enum in idl.enums.items()}
    assert all(doc for doc, _ in [*interface.structs.values(), *interface.enums.values()])


def test_no_word_is_left_over(tool: ModuleType, interface) -> None:
    said = tool.words()
    assert {tool.own_words(call, said)["example"] for call in interface.calls}
    used = {id(tool.own_words(call, said)) for call in interface.calls}
    assert [name for name, own in said["calls"].items() if id(own) not in used] == []
    for call in interface.calls:
        own = set(tool.own_words(call, said).get("arguments", {}))
        assert own <= {one.name for one in call.arguments}, call.name
    general = {
        one.name
        for call in interface.calls
        for one in call.arguments
        if one.name not in tool.own_words(call, said).get("arguments", {})
    }
    assert sorted(set(said["arguments"]) - general) == []
    fields = {
        (name, one.name) for name, (_, rows) in interface.structs.items() for one in rows if not one.text
    }
    fields |= {
        (name, label) for name, (_, rows) in interface.enums.items() for label, _, text in rows if not text
    }
    stale = [
        word
        for word in said["fields"]
        if not any(word in (f"{owner}.{name}", name) for owner, name in fields)
    ]
    assert stale == []


def test_every_link_leads_somewhere() -> None:
    headings = {
        path.name: {
            line[3:].strip().lower() for line in path.read_text().splitlines() if line.startswith("## ")
        }
        for path in REFERENCE.glob("*.md")
    }
    for path in REFERENCE.glob("*.md"):
        for page, anchor in re.findall(r"\]\(([\w-]+\.md)(?:#([\w-]+))?\)", path.read_text()):
            assert page in headings, f"{path.name}: {page}"
            assert not anchor or anchor in headings[page], f"{path.name}: {page}#{anchor}"


def test_the_bytes_are_those_on_the_wire() -> None:
    answered = idl.RpcService.getPlowTime_result()
    answered.success = 1767225600000
    asked = idl.RpcService.getPlowTime_args()
    shown = re.findall(r"^(0000[0-9a-f]{4} 82 .*)$", (REFERENCE / "README.md").read_text(), re.MULTILINE)
    for text, kind, struct in zip(shown, (CALL, REPLY), (asked, answered), strict=True):
        binary = codec.encode(codec.begin("getPlowTime", kind, 1), struct)
        message = codec.pack(read_head(binary), binary, codec.Dialect.COMPACT)
        assert bytes.fromhex(text) == len(message).to_bytes(4, "big") + message
