"""The package against a real server: the scenario, refusals, repeats, streams and the README."""

from __future__ import annotations

import contextlib
import datetime
import io
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import boxoffice
import httpx
import pytest
import scenario
from boxoffice import refusals
from boxoffice.generated.models import EventUpdate, NewEvent, Reservation, Sales
from boxoffice.retries import RetryTransport

ROOT = Path(__file__).parents[3]
README = Path(__file__).parents[1] / "README.md"

SPEC = {
    "name": "Dune",
    "starts_at": "2030-12-24T19:00:00Z",
    "sections": [{"section": "stalls", "price": 1450, "rows": "4x10"}],
}


@pytest.fixture
def event(http: str) -> Iterator[str]:
    """A fresh event."""
    slug = f"python-{uuid4().hex[:12]}"
    with boxoffice.Client(http) as client:
        client.create_event(slug, NewEvent.from_dict(SPEC))
        yield slug
        with contextlib.suppress(refusals.EventNotFound):
            client.delete_event(slug, force=True)


class Course:
    """The scenario with `boxoffice.Client`."""

    def __init__(self, client: boxoffice.Client) -> None:
        self.client = client
        self.ids: dict[str, UUID] = {}

    def ask(
        self, asked: str, event: str, reservation: str | None, body: dict[str, Any]
    ) -> dict[str, Any]:
        try:
            return self.answer(asked, event, reservation, body)
        except boxoffice.Refused as refused:
            return refused.document

    def answer(
        self, asked: str, event: str, reservation: str | None, body: dict[str, Any]
    ) -> dict[str, Any]:
        client = self.client
        if asked == "create_event":
            return client.create_event(event, NewEvent.from_dict(body)).to_dict()
        if asked == "update_event":
            return client.update_event(event, EventUpdate.from_dict(body)).to_dict()
        if asked == "delete_event":
            return client.delete_event(event, **body).to_dict()
        if asked == "seats":
            return client.seats(event).to_dict()
        if asked == "list_reservations":
            rows = client.reservations(event=event)
            return {"reservations": [row.to_dict() for row in rows]}
        assert reservation is not None
        id = self.ids.setdefault(reservation, client.new_id())
        if asked in ("hold", "reserve"):
            return booked(getattr(client, asked)(event, id=id, **wish(body)))
        if asked == "get_reservation":
            return booked(client.reservation(event, id, body["customer"]))
        known = client.reservation(event, id, body.pop("customer"))
        return booked(getattr(client, asked)(known, **body))


def booked(reservation: Reservation) -> dict[str, Any]:
    """The record as JSON."""
    return reservation.to_dict()


def wish(body: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `hold` and `reserve` for a request's body."""
    arguments: dict[str, Any] = {}
    for name in ("customer", "seats"):
        if name in body:
            arguments[name] = body[name]
    if "ttl_ms" in body:
        arguments["ttl"] = datetime.timedelta(milliseconds=body["ttl_ms"])
    for kind in ("best", "standing"):
        if kind in body:
            places = dict(body[kind])
            arguments |= {kind: places.pop("places"), **places}
    return arguments


def test_the_client_passes_the_scenario(http: str) -> None:
    with boxoffice.Client(http) as client:
        scenario.play(Course(client).ask, "conformance-http")


def test_every_refusal_of_the_specification_has_a_class() -> None:
    spec = (ROOT / "protocol" / "SPEC.md").read_text()
    rows = re.findall(r"^\| (\d+) \| `([A-Z]\w+)` \| (.*?) \|", spec[spec.index("## 9. ") :], re.M)
    rows = rows[: rows.index(next(row for row in rows if row[1] == "PlanNotFound")) + 1]
    for number, (code, name, fields) in enumerate(rows, 1):
        assert int(code) == number
        # `status` is HTTP's own.
        renamed = fields.replace("status:", "reservation_status:")
        named = re.findall(r"(\w+): ", renamed)
        assert list(getattr(refusals, name).__annotations__) == named, name


def test_a_refusal_has_its_fields(http: str, event: str) -> None:
    with boxoffice.Client(http, customer="ann") as client:
        client.reserve(event, seats=["A1", "A2"])
        with pytest.raises(refusals.SeatsTaken) as refused:
            client.hold(event, seats=["A2", "A3"], customer="bob")
        assert (refused.value.seats, refused.value.code) == (["A2"], 16)
        assert refused.value.version == 2
        nowhere = refusals.problem(client.api.get_httpx_client().get("/nowhere").json())
        assert (type(nowhere), nowhere.title) == (boxoffice.Problem, "UnknownPath")


class Losing(httpx.BaseTransport):
    """Loses what `lose` says, behind a real transport: the server has the request already."""

    def __init__(self, lose: list[str]) -> None:
        self.lose = lose
        self.sent: list[bytes] = []
        self.transport = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request.read())
        response = self.transport.handle_request(request)
        match self.lose.pop(0) if self.lose else "nothing":
            case "answer":
                response.close()
                raise httpx.ReadTimeout("lost", request=request)
            case "way":
                raise httpx.ConnectError("lost", request=request)
            case "busy":
                response.close()
                return httpx.Response(503, headers={"Retry-After": "0"}, request=request)
            case _:
                return response


def test_nothing_is_taken_for_more_than_the_most(http: str, event: str) -> None:
    with boxoffice.Client(http, customer="ann") as client:
        with pytest.raises(refusals.PriceChanged) as dearer:
            client.hold(event, seats=["A1", "A2"], at_most=2_899)
        assert dearer.value.total == 2_900
        with pytest.raises(refusals.PriceChanged):
            client.reserve(event, seats=["A1", "A2"], at_most=2_899)
        assert client.hold(event, seats=["A1", "A2"], at_most=2_900).total == 2_900


def test_lost_answers_never_book_twice(http: str, event: str) -> None:
    with boxoffice.Client(http, customer="ann") as client:
        client.new_id()
        losing = Losing(["answer", "busy", "way"])
        transport = RetryTransport(losing, 60.0, sleep=lambda seconds: None)
        client.api.get_httpx_client()._transport = transport
        booked = client.reserve(event, best=2)
        assert len(losing.sent) == 4
        assert len(set(losing.sent)) == 1
        assert [row.id for row in client.reservations(event=event)] == [booked.id]


def test_patience_ends(http: str) -> None:
    losing = Losing(["way"] * 1_000)
    with boxoffice.Client(http, patience=0.0, transport=losing) as client:
        with pytest.raises(httpx.ConnectError):
            client.server()
    assert len(losing.sent) == 1


def test_ids_are_of_version_7_and_of_the_servers_time(http: str) -> None:
    with boxoffice.Client(http) as client:
        id = client.new_id()
        now = client.server().time.timestamp() * 1_000
        assert (id.version, id.variant) == (7, "specified in RFC 4122")
        assert abs((id.int >> 80) - now) < 60_000


class Breaking(httpx.SyncByteStream):
    """Passes the chunks of a stream on, and breaks it behind the first message that has `last`."""

    def __init__(self, stream: Any, last: bytes) -> None:
        self.stream, self.last = stream, last

    def __iter__(self) -> Iterator[bytes]:
        seen = b""
        for chunk in self.stream:
            seen += chunk
            yield chunk
            if self.last in seen and seen.endswith(b"\n\n"):
                raise httpx.ReadError("broken")

    def close(self) -> None:
        self.stream.close()


def test_a_stream_goes_on_where_it_broke(http: str, event: str) -> None:
    asked: list[str | None] = []

    class BreakingTransport(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            if request.url.path.endswith("/stream"):
                asked.append(request.headers.get("Last-Event-ID"))
                last = b"event: snapshot" if len(asked) == 1 else b"event: change"
                response.stream = Breaking(response.stream, last)
            return response

    with boxoffice.Client(http, customer="ann", transport=BreakingTransport()) as client:
        told = client.follow(event)
        first = next(told)
        assert isinstance(first, boxoffice.Snapshot)
        assert first.version == 1
        for version, seat in enumerate(["A1", "A2", "A3"], 2):
            client.reserve(event, seats=[seat])
            change = next(told)
            assert isinstance(change, boxoffice.Change)
            assert change.version == version
            [now] = change.places.places
            assert (now.state, now.seats) == ("sold", [seat])
        client.delete_event(event, force=True)
        assert list(told) == []
    assert asked[:3] == [None, "1", "2"]


def test_following_nothing_is_refused(http: str) -> None:
    with boxoffice.Client(http) as client:
        with pytest.raises(refusals.EventNotFound):
            next(client.follow("no-such-event"))


def test_pages_are_followed_to_the_end(http: str, event: str) -> None:
    with boxoffice.Client(http) as client:
        client.update_event(event, EventUpdate(sales=Sales.CLOSED))
        assert client.event(event).sales == "closed"
        found = {summary.id: summary for summary in client.events()}
        assert found[event].version == 2
        ordered = list(itertools.pairwise(found))
        assert all(one < other for one, other in ordered)


def test_the_first_booking_of_the_readme(http: str, event: str) -> None:
    [code] = re.findall(r"```python\n(.*?)```", README.read_text(), re.S)
    assert len(code.strip().splitlines()) <= 10
    code = code.replace("http://localhost:7118", http).replace("dune-2", event)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, README, "exec"), {})
    assert said.getvalue().startswith("held ['A5', 'A6'] for 29.0 EUR\nbooked ['A5', 'A6'] as ")


def test_the_example_runs(http: str) -> None:
    example = ROOT / "client" / "examples" / "first_booking.py"
    for _ in range(2):
        ended = subprocess.run(
            [sys.executable, example, http],
            env={"PYTHONPATH": str(README.parent / "src")},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ended.stdout.splitlines()[-1].startswith("it is cancelled now"), ended.stdout
