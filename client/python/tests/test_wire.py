"""`wire.py` and the vectors of `protocol/golden/`, which were made by another implementation."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
import wire
from debug_text import parse, says

GOLDEN = Path(__file__).parents[3] / "protocol" / "golden"
KINDS = {"requests": "Request", "replies": "Reply", "refusals": "Refusal", "changes": "Recorded"}


def vectors(name: str) -> list[tuple[str, str, bytes]]:
    """Every vector of a file: its name, its value in words, its bytes."""
    blocks = (GOLDEN / f"{name}.txt").read_text().split("\n\n")[1:]
    found = []
    for block in blocks:
        title, value, data = block.strip().split("\n")
        words = value.removeprefix("  value: ")
        found.append((f"{name}: {title}", words, bytes.fromhex(data.removeprefix("  bytes: "))))
    return found


def check(kind: str, words: str, data: bytes) -> None:
    value = wire.decode(kind, data)
    assert says(parse(words), value), f"{words}\nis not\n{value}"
    assert wire.encode(kind, value) == data


@pytest.mark.parametrize("name", KINDS)
def test_golden(name: str) -> None:
    found = vectors(name)
    assert len(found) > 10
    for _, words, data in found:
        check(KINDS[name], words, data)


def test_golden_session() -> None:
    for title, words, data in vectors("session"):
        kind = "Request" if title.endswith("client to server") else "Reply"
        assert int.from_bytes(data[:4], "little") == len(data) - 4
        check(kind, words, data[8:])


def test_every_message_has_a_vector() -> None:
    for name, enum in {**KINDS, "replies": "Body", "changes": "Change"}.items():
        words = "".join(words for _, words, _ in vectors(name))
        variants, _ = wire._parse(enum)[1]
        assert [variant for variant in variants if variant not in words] == []


def test_words_tell_fields_apart() -> None:
    """The comparison itself: two numbers that were mixed up are noticed."""
    words = parse("Counts { free: 5, held: 2, sold: 1, blocked: 0 }")
    assert says(words, {"free": 5, "held": 2, "sold": 1, "blocked": 0})
    assert not says(words, {"free": 5, "held": 1, "sold": 2, "blocked": 0})
    assert not says(parse("Some(1)"), None)
    assert not says(parse("None"), 1)


@pytest.mark.parametrize(
    ("value", "data"), [(250, "fa"), (251, "fbfb00"), (300, "fb2c01"), (70_000, "fc70110100")]
)
def test_varints(value: int, data: str) -> None:
    assert wire.encode("u64", value).hex() == data
    assert wire.decode("u64", bytes.fromhex(data)) == value


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("u32", "fd0000000000000000"),
        ("u64", "fe" + 16 * "00"),
        ("u16?", "02"),
        ("Status", "06"),
        ("text", "02c3"),
        ("text", "01ff"),
        ("[u16]", "0301"),
        ("Request", "0100"),
    ],
)
def test_what_is_no_value(kind: str, data: str) -> None:
    with pytest.raises(ValueError, match="."):
        wire.decode(kind, bytes.fromhex(data))


def test_a_lost_reply_is_asked_for_with_the_same_id() -> None:
    """The server of the golden session loses its first connection behind the request."""
    welcome = next(data for _, words, data in vectors("session") if "Welcome" in words)
    booked = next(data for _, words, data in vectors("session") if "body: Reservation" in words)
    asked: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        for answers in ([welcome], [welcome, booked]):
            opened, _ = listener.accept()
            with opened, opened.makefile("rwb") as stream:
                for request in range(2):
                    length = int.from_bytes(stream.read(4), "little")
                    frame = stream.read(length)
                    if request == 1:
                        asked.append(frame[4:])
                    if request < len(answers):
                        stream.write(answers[request][:4] + frame[:4] + answers[request][8:])
                        stream.flush()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, args=(listener,), daemon=True)
        server.start()
        with wire.Client(*listener.getsockname()) as client:
            reply = client.reserve("dune-2", "zoë", {"Seats": ["A12", "A13"]})
        server.join()
    assert reply.body["Reservation"]["effect"] == "Applied"
    assert len(asked) == 2
    assert asked[0] == asked[1]


def test_a_refusal_is_an_exception(tcp: tuple[str, int]) -> None:
    with wire.Client(*tcp) as client:
        with pytest.raises(wire.Refused) as refused:
            client.reserve("no-such-event", "zoë", {"Seats": ["A1"]})
        assert refused.value.name == "EventNotFound"
        assert list(client.ask("Ping").body) == ["Pong"]
