"""What happens to an event's places, as it happens."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from .generated.models import PlacesChanged, SeatMap
from .refusals import EventNotFound, problem
from .retries import STREAM

# The server sends a comment after 15 seconds without a change.
SILENCE_S = 45.0


@dataclass(frozen=True)
class Snapshot:
    """The state of every place; it replaces all that was told before."""

    version: int
    seats: SeatMap


@dataclass(frozen=True)
class Change:
    """Places with their new state."""

    version: int
    places: PlacesChanged


@dataclass(frozen=True)
class _Message:
    """A server-sent event."""

    kind: str
    id: str
    data: Any


def follow(client: httpx.Client, path: str, after: int | None) -> Iterator[Snapshot | Change]:
    """The stream at a path, from behind a version on, until the event is deleted.

    A stream that breaks is opened again behind what came last; if there is no such event any more,
    it was deleted meanwhile.
    """
    begun = False
    while True:
        headers = {"Accept": STREAM}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        try:
            timeout = httpx.Timeout(SILENCE_S)
            with client.stream("GET", path, headers=headers, timeout=timeout) as response:
                if response.is_error:
                    refused = problem(json.loads(response.read()))
                    if begun and isinstance(refused, EventNotFound):
                        return
                    raise refused
                for message in _messages(response.iter_lines()):
                    if message.kind == "ended":
                        return
                    begun, after = True, int(message.id)
                    if message.kind == "snapshot":
                        yield Snapshot(after, SeatMap.from_dict(message.data))
                    elif message.kind == "change":
                        yield Change(after, PlacesChanged.from_dict(message.data))
        except (httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError):
            # The next request waits if the server is away.
            pass


def _messages(lines: Iterable[str]) -> Iterator[_Message]:
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if name:
            fields[name] = value.removeprefix(" ")
        elif not line and "data" in fields:
            data = json.loads(fields["data"])
            yield _Message(fields.get("event", "message"), fields.get("id", ""), data)
            fields = {}
