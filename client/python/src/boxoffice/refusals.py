"""Every refusal as an exception; SPEC.md, 9 says when each is told and whether a repeat can help.

`Busy`, `Unavailable` and `OutcomeUnknown` are only raised when `Client` has lost patience.
"""

from __future__ import annotations

from typing import Any

from .problems import Problem, Refused


class Invalid(Refused):
    """`field` of the request is not as it must be."""

    field: str
    why: str


class Unsupported(Refused):
    """This server does not know the request."""

    what: str
    versions: list[int]


class Busy(Refused):
    """Too much at once."""

    retry_after_ms: int


class Unavailable(Refused):
    """The server cannot do it now. Nothing was changed."""

    why: str


class EventNotFound(Refused):
    """There is no such event."""


class EventExists(Refused):
    """Another event has this slug."""


class ReservationNotFound(Refused):
    """There is no such reservation, or it was forgotten."""


class NotYours(Refused):
    """The reservation is another customer's."""


class IdConflict(Refused):
    """The id was used for another request."""


class SalesClosed(Refused):
    """The event takes no new reservations: sales are closed, scheduled or ended."""

    sales: str
    at: str | None
    in_ms: int


class NoSuchSeat(Refused):
    """The event has no such seats."""

    seats: list[str]


class LimitExceeded(Refused):
    """It would exceed the limit, of which `have` is in use."""

    limit: int
    have: int


class HoldExpired(Refused):
    """The hold's deadline has passed."""


class AlreadyConfirmed(Refused):
    """The reservation is confirmed, and can only be cancelled."""


class WrongStatus(Refused):
    """The reservation's status does not allow it."""

    reservation_status: str


class SeatsTaken(Refused):
    """These seats are held, sold or blocked."""

    seats: list[str]


class SoldOut(Refused):
    """Not enough places are free."""

    free: int


class NotTogether(Refused):
    """Enough places are free, but no more than `largest` are adjacent."""

    largest: int


class ReservationsLive(Refused):
    """So many reservations would end with the event."""

    live: int


class VersionConflict(Refused):
    """The event is at another version."""

    current: int


class OutcomeUnknown(Refused):
    """The server failed while it made the change durable. Asking again with the same id tells."""


class NotAllowed(Refused):
    """The token does not allow it, or does not let in."""

    why: str


class NoBackupFolder(Refused):
    """The server was not told where to keep backups."""


class BackupExists(Refused):
    """There is a backup of this name."""


class BackupRunning(Refused):
    """Another backup is being made."""


class BackupFailed(Refused):
    """The backup could not be made."""

    why: str


class PlanNotFound(Refused):
    """The server keeps no such plan."""


class RevisionConflict(Refused):
    """The reservation is at another revision."""

    current: int


class EventCancelled(Refused):
    """The event does not take place."""


class OrderConflict(Refused):
    """The reservation belongs to another order."""

    order: str


class NotForSale(Refused):
    """No tickets of this type are sold in this section."""

    category: str
    ticket_type: str


class PriceChanged(Refused):
    """It costs more than the request allows."""

    total: int


def problem(document: dict[str, Any]) -> Problem:
    """The exception for a problem document."""
    if "refused" not in document:
        return Problem(document)
    kinds = {kind.__name__: kind for kind in Refused.__subclasses__()}
    return kinds.get(document["refused"], Refused)(document)
