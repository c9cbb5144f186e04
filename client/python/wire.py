"""The Boxoffice protocol over TCP, in one file without dependencies.

Written from `protocol/SPEC.md` alone, to show that it suffices; the vectors in `protocol/golden/`
check it. Most programs are better off with the package `boxoffice`, which speaks HTTP.

    with Client("localhost") as client:
        best = {"Best": {"places": 2, "section": None, "together": "Required"}}
        reply = client.reserve("dune-2", "ann", best)
        print(reply.body["Reservation"]["reservation"]["places"])

Values in Python, by what `SCHEMA` calls them:

    {name EventName, ...}    a dict with these keys
    Ping                     "Ping": a variant without fields is its name
    Seats [SeatLabel]        {"Seats": ["A1", "A2"]}: any other is a dict of one
    T?                       None, or the value
    bytes, [u8; 16]          bytes; `uuid.UUID(bytes=id)` shows a reservation's id
"""

from __future__ import annotations

import random
import re
import secrets
import socket
import ssl
import struct
import time
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple, cast

PORT = 7117
MAX_REPLY_BYTES = 1_048_576

# Every type of SPEC.md: other names of a type, a table of fields, or an enum, whose variants have
# the numbers 0, 1, 2, ... in their order. A line that is indented continues the one before.
SCHEMA = """
time = u64
EventId, SectionName, TicketType, CustomerId, EventName, ClientName, Token, Principal = text
BackupName, CurrencyCode, OrderNumber, SeatLabel, ZoneName, VenueName, Description, Link = text
ReservationId = [u8; 16]
PlanDigest = [u8; 32]
BookingCode = [u8; 5]
Seat = u32
Freshness = Cached | Fresh
Force = No | Yes
Together = IfPossible | Required
Sales = Open | Closed | Cancelled
SalesState = Open | Closed | Cancelled | Scheduled | Ended | Draft
SalesPhase = Scheduled | OnSale | Ended
Publication = Listed | Unlisted | Draft
PlaceState = Free | Held | Sold | Blocked
Status = Held | Confirmed | Released | Expired | Cancelled | Forfeited
IfExpired = Refuse | Reinstate
Effect = Applied | Unchanged
UnavailableWhy = StorageFull | StorageFailed | ShuttingDown | TooMany | Backlog | SharedStore
Layout = Seated {rows [u16]} | Standing {capacity u32, blocked u32}
LayoutUpdate = Seated {rows [u16]} | Standing {capacity u32?, blocked u32?}
Selection = Seats [SeatLabel] | Best {places u32, section SectionName?, together Together}
  | Standing {places u32, section SectionName?}
  | Ticketed {places Selection, types RequestedTypes?, at_most u64?}
RequestedTypes = Each [TicketType] | Counts [TicketCount]
Keep = Seats [SeatLabel] | Standing u32 | Types [TicketCount]
Places = Seats [SeatLabel] | Standing {section SectionName, places u32}
CustomerLimit = Unlimited | Places u32
SalesTime = Default | At ZonedTime
TextEdit = Clear | Set text
StatValue = Count u64 | Text text
TicketOffer = NotSold | Price u64
ZonedTime = {at time, local time, zone ZoneName}
Currency = {code CurrencyCode, digits u8}
EventSpec = {name EventName, starts_at ZonedTime, currency Currency, max_per_customer u32?,
  plan PlanDigest?, sections [SectionSpec], sales_from ZonedTime?, sales_until ZonedTime?,
  publication Publication, tickets {types [TicketType], prices [TicketPrice]},
  presentation {venue VenueName?, description Description?, link Link?}}
TicketPrice = {category SectionName, ticket_type TicketType, offer TicketOffer}
TicketCount = {ticket_type TicketType, places u32}
SectionSpec = {name SectionName, price u64, layout Layout}
EventUpdate = {name EventName?, starts_at ZonedTime?, sales Sales?, max_per_customer CustomerLimit?,
  sections [{name SectionName, price u64?, layout LayoutUpdate?}], block [SeatLabel],
  unblock [SeatLabel], sales_from SalesTime?, sales_until SalesTime?, publication Publication?,
  prices [TicketPrice], venue TextEdit?, description TextEdit?, link TextEdit?}
ReservationKey = {event EventId, id ReservationId, customer CustomerId}
Reservation = {id ReservationId, code BookingCode, event EventId, customer CustomerId,
  status Status, places Places, total u64, currency Currency, created_at time, expires_at time,
  revision u64, order OrderNumber?, tickets [TicketCount]}
Counts = {free u64, held u64, sold u64, blocked u64}
SeatMap = {plan PlanDigest?, sections [{section SectionSpec, counts Counts, states bytes}]}
Cursor = {event EventId, version u64?}
EventSummary = {id EventId, version u64, name EventName, starts_at ZonedTime, sales SalesState,
  prices {lowest u64, highest u64}, currency Currency, counts Counts, sales_from ZonedTime?,
  venue VenueName?}
Request = Hello {magic [u8; 4], protocol_version u16, token Token?, client ClientName, in_flight
  u32} | Ping | ListEvents {after EventId?, limit u32, freshness Freshness} | GetEvent {event
  EventId, freshness Freshness} | Seats {event EventId, freshness Freshness} | CreateEvent {event
  EventId, spec EventSpec} | UpdateEvent {event EventId, if_version u64?, update EventUpdate} |
  DeleteEvent {event EventId, force Force} | Hold {id ReservationId, event EventId, customer
  CustomerId, selection Selection, ttl_ms u64?, order OrderNumber?} | Reserve {id ReservationId,
  event EventId, customer CustomerId, selection Selection, order OrderNumber?} | Confirm
  {reservation ReservationKey, keep Keep?, expired IfExpired} | Release {reservation ReservationKey,
  keep Keep?} | Extend {reservation ReservationKey, until time} | Cancel {reservation
  ReservationKey, keep Keep?} | GetReservation {reservation ReservationKey} | ListReservations
  {event EventId?, customer CustomerId?, code BookingCode?, order OrderNumber?, after Cursor?, limit
  u32} | Watch {event EventId, from_version u64?} | Unwatch {event EventId} | Stats | Backup {name
  BackupName} | Leave {reservation ReservationKey, if_expires_at time} | PutPlan {digest PlanDigest,
  offset u32, bytes bytes} | GetPlan {digest PlanDigest, offset u32} | Transfer {reservation
  ReservationKey, if_revision u64, to CustomerId} | SetOrder {reservation ReservationKey, order
  OrderNumber} | ConfirmOrder {event EventId, order OrderNumber} | Exchange {reservation
  ReservationKey, if_revision u64, to Selection}
Reply = {version u64, age_ms u32, body Body}
Body = Refused Refusal | Welcome {protocol_version u16, server text, server_time time, in_flight
  u32, hold_default_ms u64, hold_min_ms u64, hold_max_ms u64, hold_life_ms u64, customer
  CustomerId?} | Pong {server_time time} | Events {rows [EventSummary], next EventId?} | Event {id
  EventId, spec EventSpec, sales SalesState, counts [Counts]} | Seats SeatMap | EventSaved {effect
  Effect} | Reservation {reservation Reservation, effect Effect} | Reservations {rows [{version u64,
  reservation Reservation}], next Cursor?} | Snapshot SeatMap | PlacesChanged {seats [{state
  PlaceState, seats [Seat]}], counts [{section u8, counts Counts}]} | Gap | WatchEnded | Unwatched |
  Stats [{name text, value StatValue}] | BackedUp {position u64, bytes u64} | PlanPartTaken {next
  u32} | PlanSaved {effect Effect} | PlanPart {size u32, bytes bytes} | OrderConfirmed {reservations
  [Reservation], effect Effect}
Refusal = Invalid {field text, why text} | Unsupported {what text, versions [u16]} | Busy
  {retry_after_ms u32} | Unavailable {why UnavailableWhy} | EventNotFound | EventExists |
  ReservationNotFound | NotYours | IdConflict | SalesClosed {sales SalesState, at ZonedTime?, in_ms
  u64} | NoSuchSeat {seats [SeatLabel]} | LimitExceeded {limit u64, have u64} | HoldExpired |
  AlreadyConfirmed | WrongStatus {status Status} | SeatsTaken {seats [SeatLabel]} | SoldOut {free
  u64} | NotTogether {largest u32} | ReservationsLive {live u64} | VersionConflict {current u64} |
  OutcomeUnknown | NotAllowed {why text} | NoBackupFolder | BackupExists | BackupRunning |
  BackupFailed {why text} | PlanNotFound | RevisionConflict {current u64} | EventCancelled |
  OrderConflict {order OrderNumber} | NotForSale {category text, ticket_type text} | PriceChanged
  {total u64}
Recorded = {version u64, at time, principal Principal?, change Change}
Change = Created EventSpec | Updated {terms [TermChange], blocked [Seat], unblocked [Seat]} | Held
  NewReservation | Reserved NewReservation | Confirmed {id ReservationId, let_go TakenPlaces?} |
  Extended {id ReservationId, from time, to time} | Released {id ReservationId, let_go
  TakenPlaces?} | Expired {ids [ReservationId]} | Cancelled {id ReservationId, let_go TakenPlaces?}
  | Deleted | Transferred {id ReservationId, from CustomerId, to CustomerId} | SalesMoved {from
  SalesPhase, to SalesPhase} | Ordered {id ReservationId, order OrderNumber} | ConfirmedTogether
  {ids [ReservationId]} | Reinstated {id ReservationId, places TakenPlaces, until time} | Forfeited
  {id ReservationId, until time} | Exchanged {id ReservationId, from TakenPlaces, to TakenPlaces}
NewReservation = {id ReservationId, fingerprint u64, customer CustomerId, places TakenPlaces,
  expires_at time, order OrderNumber?}
TakenPlaces = Seats [Seat] | Standing {section u8, places u32} | TypedSeats {seats [Seat], types
  [u8]} | TypedStanding {section u8, places u32, types [u8]} | PricedSeats {seats [Seat], tickets
  PricedTickets} | PricedStanding {section u8, places u32, tickets PricedTickets}
PricedTickets = {types [u8], prices [u64]}
TermChange = Name {from EventName, to EventName} | StartsAt {from ZonedTime, to ZonedTime} | Sales
  {from Sales, to Sales} | MaxPerCustomer {from u32?, to u32?} | Price {section u8, from u64, to
  u64} | Layout {section u8, from Layout, to Layout} | Added SectionSpec | SalesFrom {from
  ZonedTime?, to ZonedTime?} | SalesUntil {from ZonedTime?, to ZonedTime?} | Publication {from
  Publication, to Publication} | TicketPrice {category SectionName, ticket_type TicketType, from
  TicketOffer?, to TicketOffer} | Venue {from VenueName?, to VenueName?} | Description {from
  Description?, to Description?} | Link {from Link?, to Link?}
"""
_LINES = [line.split(" =", 1) for line in re.sub("\n +", " ", SCHEMA).split("\n") if line]
_DEFINED = {name: text.strip(" |") for names, text in _LINES for name in names.split(", ")}
_WIDTHS, _MARKS = {"u16": 2, "u32": 4, "u64": 8}, {2: 0xFB, 4: 0xFC, 8: 0xFD}


def encode(kind: str, value: Any) -> bytes:
    """The bytes of a value, such as `encode("Request", "Ping")`."""
    out = bytearray()
    _put(out, kind, value)
    return bytes(out)


def decode(kind: str, data: bytes) -> Any:
    """The value that fills the bytes. Raises `ValueError` if they are nothing of this kind."""
    source = BytesIO(data)
    try:
        value = _take(source, kind)
    except EOFError as end:
        raise ValueError(f"{len(data)} bytes are no {kind}: {end}") from end
    if rest := source.read():
        raise ValueError(f"{len(rest)} bytes are left behind a {kind}")
    return value


@cache
def _parse(kind: str) -> tuple[str, Any]:
    """What a type is made of, with the types or names that it needs."""
    text = _DEFINED.get(kind, kind)
    if len(variants := _split(text, "|")) > 1:
        parted = [variant.partition(" ") for variant in variants]
        return "enum", ([name for name, _, _ in parted], [inner for _, _, inner in parted])
    if text.startswith("{"):
        return "fields", [field.split(" ", 1) for field in _split(text[1:-1], ",")]
    if text.endswith("?"):
        return "option", text[:-1]
    if text.startswith("[u8; "):
        return "raw", int(text[5:-1])
    if text.startswith("["):
        return "list", text[1:-1]
    return (text, None) if text == kind else _parse(text)


def _split(text: str, separator: str) -> list[str]:
    """The parts between separators that are in no brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if character == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _put(out: bytearray, kind: str, value: Any) -> None:
    match _parse(kind):
        case "enum", (names, payloads):
            [(name, inner)] = [(value, None)] if isinstance(value, str) else value.items()
            number = names.index(name)
            _put_varint(out, number)
            if payloads[number]:
                _put(out, payloads[number], inner)
        case "fields", named:
            if value.keys() != (wanted := {name for name, _ in named}):
                raise ValueError(f"{kind} has the fields {wanted}, not {set(value)}")
            for name, part in named:
                _put(out, part, value[name])
        case "option", some:
            out.append(value is not None)
            if value is not None:
                _put(out, some, value)
        case "list", entry:
            _put_varint(out, len(value))
            for one in value:
                _put(out, entry, one)
        case "raw", _:
            out += value
        case ("text" | "bytes"), _:
            data = value.encode() if isinstance(value, str) else value
            _put_varint(out, len(data))
            out += data
        case "u8", _:
            out.append(value)
        case _:
            _put_varint(out, value)


def _put_varint(out: bytearray, value: int) -> None:
    if value <= 250:
        out.append(value)
    else:
        width = next(width for width in _MARKS if value >> 8 * width == 0)
        out.append(_MARKS[width])
        out += value.to_bytes(width, "little")


def _take(source: BinaryIO, kind: str) -> Any:
    match _parse(kind):
        case "enum", (names, payloads):
            number = _take_varint(source, 4)
            if number >= len(names):
                raise ValueError(f"{kind} has no variant {number}")
            inner = payloads[number]
            return {names[number]: _take(source, inner)} if inner else names[number]
        case "fields", named:
            return {name: _take(source, part) for name, part in named}
        case "option", some:
            if (number := _read(source, 1)[0]) > 1:
                raise ValueError(f"an option begins with {number}")
            return _take(source, some) if number else None
        case "list", entry:
            return [_take(source, entry) for _ in range(_take_varint(source, 8))]
        case "raw", length:
            return _read(source, length)
        case ("text" | "bytes") as form, _:
            data = _read(source, _take_varint(source, 8))
            return data.decode() if form == "text" else data
        case "u8", _:
            return _read(source, 1)[0]
        case width, _:
            return _take_varint(source, _WIDTHS[width])


def _take_varint(source: BinaryIO, widest: int) -> int:
    first = _read(source, 1)[0]
    if first <= 250:
        return first
    width = next((width for width, mark in _MARKS.items() if mark == first), 16)
    if width > widest:
        raise ValueError(f"no integer of {widest} bytes begins with {first}")
    return int.from_bytes(_read(source, width), "little")


def _read(source: BinaryIO, count: int) -> bytes:
    if not 0 <= count <= MAX_REPLY_BYTES:
        raise ValueError(f"{count} bytes are not in a reply")
    data = source.read(count)
    if len(data) < count:
        raise EOFError("the bytes end too early")
    return data


class Reply(NamedTuple):
    """A reply, and the version of the event at which it was decided."""

    version: int
    age_ms: int
    body: Any


class Refused(Exception):
    """The server says no, by the refusal's `name` and its `fields`."""

    def __init__(self, refusal: Any) -> None:
        super().__init__(refusal)
        named = {refusal: {}} if isinstance(refusal, str) else refusal
        [(self.name, self.fields)] = named.items()


@dataclass
class Client:
    """A connection with one request at a time, made anew where it breaks.

    An unanswered request is repeated for `patience` seconds. None has a second effect (SPEC.md, 5).
    """

    host: str
    port: int = PORT
    token: str | None = None
    tls: ssl.SSLContext | None = None
    patience: float = 30.0
    _stream: BinaryIO | None = None
    _correlation: int = 0
    _ahead_ms: int = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection; a later request opens another."""
        if self._stream:
            self._stream.close()
        self._stream = None

    def new_id(self) -> bytes:
        """A UUID of version 7 for a new reservation, by the server's clock once it is known."""
        high = (time.time_ns() // 1_000_000 + self._ahead_ms) << 16 | 7 << 12 | secrets.randbits(12)
        return (high << 64 | 2 << 62 | secrets.randbits(62)).to_bytes(16, "big")

    def reserve(self, event: str, customer: str, selection: Any) -> Reply:
        """Reserves at once, under a new id."""
        wish = {"event": event, "customer": customer, "selection": selection, "order": None}
        return self.ask({"Reserve": {"id": self.new_id(), **wish}})

    def ask(self, request: Any) -> Reply:
        """The answer to a request. Raises `Refused`, or `OSError` or `EOFError` without one."""
        pause, until = 0.1, time.monotonic() + self.patience
        while True:
            try:
                return self._exchange(self._connected(), request)
            except (OSError, EOFError) as error:
                failed: Exception = error
            except Refused as error:
                if error.name not in ("Busy", "Unavailable", "OutcomeUnknown"):
                    raise
                failed = error
                pause = max(pause, error.fields.get("retry_after_ms", 0) / 1_000)
            self.close()
            if time.monotonic() + pause > until:
                raise failed
            time.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(2 * pause, 5.0)

    def _connected(self) -> BinaryIO:
        if not self._stream:
            opened = socket.create_connection((self.host, self.port), self.patience)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                opened = self.tls.wrap_socket(opened, server_hostname=self.host)
            # The stream keeps the socket open.
            with opened:
                self._stream = cast(BinaryIO, opened.makefile("rwb"))
            hello = {"magic": b"BXOF", "protocol_version": 1, "token": self.token}
            hello |= {"client": "wire.py", "in_flight": 0}
            welcome = self._exchange(self._stream, {"Hello": hello}).body["Welcome"]
            self._ahead_ms = welcome["server_time"] - time.time_ns() // 1_000_000
        return self._stream

    def _exchange(self, stream: BinaryIO, request: Any) -> Reply:
        self._correlation = self._correlation % 0xFFFF_FFFF + 1
        message = encode("Request", request)
        stream.write(struct.pack("<II", len(message) + 4, self._correlation) + message)
        stream.flush()
        correlation = -1
        while correlation not in (0, self._correlation):
            length, correlation = struct.unpack("<II", _read(stream, 8))
            message = _read(stream, length - 4)
        reply = Reply(**decode("Reply", message))
        if isinstance(reply.body, dict) and "Refused" in reply.body:
            raise Refused(reply.body["Refused"])
        return reply
