"""The client: ids, repeats and refusals taken care of."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

import httpx

from . import ids, streams
from .generated import Client as Api
from .generated.api.events import delete_event, get_event, get_seats, list_events
from .generated.api.events import patch_event, put_event
from .generated.api.reservations import cancel, confirm, confirm_order, exchange, extend
from .generated.api.reservations import get_reservation, list_reservations, release, reserve
from .generated.api.reservations import set_order, transfer
from .generated.api.server import get_server
from .generated.models import Action, BestPlaces, Confirmation, ConfirmedOrder, Ending
from .generated.models import Event, Events, EventSummary, EventUpdate, Exchange, Extension
from .generated.models import IfExpired
from .generated.models import NewEvent, NewReservation, Order, Reservation, Reservations, Saved
from .generated.models import SeatMap, Server, SetOrder, StandingPlaces, Transfer
from .generated.types import UNSET, Response, Unset
from .refusals import problem
from .retries import RetryTransport

DEFAULT_SERVER = "http://localhost:7118"

# A request without an answer for so long is sent again.
TIMEOUT_S = 10.0

T = TypeVar("T")


class Client:
    """A client of one server.

    Requests without an answer are sent again for `patience` seconds; that never books twice.
    `customer` is the one that reservations are for, unless a call names another.
    """

    def __init__(
        self,
        server: str = DEFAULT_SERVER,
        *,
        token: str | None = None,
        customer: str | None = None,
        patience: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        retries = RetryTransport(transport or httpx.HTTPTransport(), patience)
        self.api = Api(
            base_url=server,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(TIMEOUT_S),
            httpx_args={"transport": retries},
        )
        self.customer = customer
        self._ahead_ms: int | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self.api.get_httpx_client().close()

    def server(self) -> Server:
        """The server's version, its time and its bounds for holds."""
        return _answer(get_server.sync_detailed(client=self.api), Server)

    def new_id(self) -> UUID:
        """An id for a new reservation, by the server's clock."""
        if self._ahead_ms is None:
            now = self.server().time.timestamp() * 1_000
            self._ahead_ms = int(now) - time.time_ns() // 1_000_000
        return ids.new_id(self._ahead_ms)

    def events(self) -> Iterator[EventSummary]:
        """All events, in the order of their ids."""
        after: str | Unset = UNSET
        while True:
            page = _answer(list_events.sync_detailed(client=self.api, after=after), Events)
            yield from page.events
            if page.next_ is None:
                return
            after = page.next_

    def event(self, event: str) -> Event:
        """An event with its sections."""
        return _answer(get_event.sync_detailed(event, client=self.api, fresh=True), Event)

    def seats(self, event: str) -> SeatMap:
        """The state of every seat."""
        return _answer(get_seats.sync_detailed(event, client=self.api, fresh=True), SeatMap)

    def create_event(self, event: str, spec: NewEvent) -> Saved:
        """Creates an event; the same again changes nothing."""
        return _answer(put_event.sync_detailed(event, client=self.api, body=spec), Saved)

    def update_event(self, event: str, update: EventUpdate) -> Saved:
        """Changes an event's terms."""
        return _answer(patch_event.sync_detailed(event, client=self.api, body=update), Saved)

    def delete_event(self, event: str, *, force: bool = False) -> Saved:
        """Deletes an event, with its live reservations only if told so."""
        return _answer(delete_event.sync_detailed(event, client=self.api, force=force), Saved)

    def hold(
        self,
        event: str,
        *,
        seats: Sequence[str] | None = None,
        best: int | None = None,
        standing: int | None = None,
        section: str | None = None,
        together: bool = False,
        types: Sequence[str] | None = None,
        at_most: int | None = None,
        ttl: datetime.timedelta | None = None,
        customer: str | None = None,
        id: UUID | None = None,
        order: str | None = None,
    ) -> Reservation:
        """Holds these `seats`, or a number of the `best`, or of `standing` places, until a deadline.

        `types` are those of the tickets, one for each place; the event's first type if left out.
        `at_most` is what all may cost together, in minor units: above it `PriceChanged`.

        A program that may be killed chooses the `id` itself, by `new_id`, and keeps it: the same
        call with the same id never takes places twice.
        """
        wish = _wish(seats, best, standing, section, together, types, at_most)
        wish.action = Action.HOLD
        wish.ttl_ms = UNSET if ttl is None else int(ttl.total_seconds() * 1_000)
        return self._book(event, wish, customer, id, order)

    def reserve(
        self,
        event: str,
        *,
        seats: Sequence[str] | None = None,
        best: int | None = None,
        standing: int | None = None,
        section: str | None = None,
        together: bool = False,
        types: Sequence[str] | None = None,
        at_most: int | None = None,
        customer: str | None = None,
        id: UUID | None = None,
        order: str | None = None,
    ) -> Reservation:
        """Holds and confirms in one step; see `hold`."""
        wish = _wish(seats, best, standing, section, together, types, at_most)
        wish.action = Action.RESERVE
        return self._book(event, wish, customer, id, order)

    def confirm(
        self,
        reservation: Reservation,
        *,
        keep: Sequence[str] | int | None = None,
        reinstate: bool = False,
    ) -> Reservation:
        """Confirms a hold, or the seats or number of standing places to `keep`.

        With `reinstate`, agents and admins confirm one that has expired, if its places are free; if not,
        it is forfeited for ever.
        """
        event, id = reservation.event, reservation.id
        expired = IfExpired.REINSTATE if reinstate else UNSET
        body = Confirmation(
            customer=reservation.customer, keep=_kept(keep), expired=expired
        )
        return _answer(confirm.sync_detailed(event, id, client=self.api, body=body), Reservation)

    def release(
        self, reservation: Reservation, *, keep: Sequence[str] | int | None = None
    ) -> Reservation:
        """Gives a hold back, except for what to `keep`."""
        event, id, body = reservation.event, reservation.id, _ending(reservation, keep)
        return _answer(release.sync_detailed(event, id, client=self.api, body=body), Reservation)

    def cancel(
        self, reservation: Reservation, *, keep: Sequence[str] | int | None = None
    ) -> Reservation:
        """Gives a confirmed reservation back, except for what to `keep`."""
        event, id, body = reservation.event, reservation.id, _ending(reservation, keep)
        return _answer(cancel.sync_detailed(event, id, client=self.api, body=body), Reservation)

    def extend(self, reservation: Reservation, until: datetime.datetime) -> Reservation:
        """Holds at least until then, a time with an offset."""
        event, id = reservation.event, reservation.id
        body = Extension(customer=reservation.customer, until=until)
        return _answer(extend.sync_detailed(event, id, client=self.api, body=body), Reservation)

    def transfer(self, reservation: Reservation, to: str) -> Reservation:
        """Gives it to another customer, unless its revision is another one since it was seen."""
        event, id = reservation.event, reservation.id
        body = Transfer(
            customer=reservation.customer, if_revision=reservation.revision, to=to
        )
        return _answer(transfer.sync_detailed(event, id, client=self.api, body=body), Reservation)

    def exchange(
        self,
        reservation: Reservation,
        seats: Sequence[str] | None = None,
        *,
        standing: int | None = None,
        section: str | None = None,
        at_most: int | None = None,
    ) -> Reservation:
        """Has these places and no others, unless its revision is another one since it was seen."""
        event, id = reservation.event, reservation.id
        body = Exchange(
            customer=reservation.customer,
            if_revision=reservation.revision,
            at_most=UNSET if at_most is None else at_most,
        )
        if seats is not None:
            body.seats = list(seats)
        if standing is not None:
            body.standing = StandingPlaces(places=standing, section=section or UNSET)
        return _answer(exchange.sync_detailed(event, id, client=self.api, body=body), Reservation)

    def set_order(self, reservation: Reservation, order: str) -> Reservation:
        """Says which order of the shop it belongs to, once and for ever."""
        event, id = reservation.event, reservation.id
        body = SetOrder(customer=reservation.customer, order=order)
        return _answer(set_order.sync_detailed(event, id, client=self.api, body=body), Reservation)

    def confirm_order(self, event: str, order: str) -> list[Reservation]:
        """Confirms all holds of an order, or none. Returns all that it has in the event."""
        body = ConfirmedOrder(order=order)
        response = confirm_order.sync_detailed(event, client=self.api, body=body)
        return _answer(response, Order).reservations

    def reservation(self, event: str, id: UUID, customer: str | None = None) -> Reservation:
        """What a reservation is now."""
        whose = customer or self.customer or UNSET
        response = get_reservation.sync_detailed(event, id, client=self.api, customer=whose)
        return _answer(response, Reservation)

    def reservations(
        self,
        *,
        event: str | None = None,
        customer: str | None = None,
        code: str | None = None,
        order: str | None = None,
    ) -> Iterator[Reservation]:
        """All reservations, or those of an event, a customer, a booking code, an order."""
        after: str | Unset = UNSET
        while True:
            response = list_reservations.sync_detailed(
                client=self.api,
                event=event or UNSET,
                customer=customer or UNSET,
                code=code or UNSET,
                order=order or UNSET,
                after=after,
            )
            page = _answer(response, Reservations)
            yield from page.reservations
            if page.next_ is None:
                return
            after = page.next_

    def follow(
        self, event: str, after: int | None = None
    ) -> Iterator[streams.Snapshot | streams.Change]:
        """What happens to an event's places, until the event is deleted.

        It begins with a snapshot, or behind the version `after` if the server still can.
        """
        path = f"/v1/events/{quote(event, safe='')}/stream"
        return streams.follow(self.api.get_httpx_client(), path, after)

    def _book(
        self,
        event: str,
        wish: NewReservation,
        customer: str | None,
        id: UUID | None,
        order: str | None,
    ) -> Reservation:
        wish.id = id or self.new_id()
        wish.customer = customer or self.customer or UNSET
        wish.order = order or UNSET
        return _answer(reserve.sync_detailed(event, client=self.api, body=wish), Reservation)


def _wish(
    seats: Sequence[str] | None,
    best: int | None,
    standing: int | None,
    section: str | None,
    together: bool,
    types: Sequence[str] | None,
    at_most: int | None,
) -> NewReservation:
    where = section or UNSET
    wish = NewReservation()
    if seats is not None:
        wish.seats = list(seats)
    if best is not None:
        wish.best = BestPlaces(places=best, section=where, together=together)
    if standing is not None:
        wish.standing = StandingPlaces(places=standing, section=where)
    if types is not None:
        wish.types = list(types)
    if at_most is not None:
        wish.at_most = at_most
    return wish


def _ending(reservation: Reservation, keep: Sequence[str] | int | None) -> Ending:
    return Ending(customer=reservation.customer, keep=_kept(keep))


def _kept(keep: Sequence[str] | int | None) -> list[str] | int | Unset:
    if keep is None:
        return UNSET
    return keep if isinstance(keep, int) else list(keep)


def _answer(response: Response[Any], kind: type[T]) -> T:
    """The record that answers a request.

    Raises the exception for a problem.
    """
    if isinstance(response.parsed, kind):
        return response.parsed
    raise problem(json.loads(response.content))
