"""Ids of reservations, which the client chooses before it sends."""

from __future__ import annotations

import secrets
import time
from uuid import UUID


def new_id(ahead_ms: int = 0) -> UUID:
    """A UUID of version 7 (RFC 9562) for a new reservation.

    `ahead_ms` is how far the server's clock is ahead of this machine's: the server takes new ids
    that are at most 24 hours older and 5 minutes newer than its time.
    """
    at = time.time_ns() // 1_000_000 + ahead_ms
    high = at << 16 | 7 << 12 | secrets.randbits(12)
    return UUID(int=high << 64 | 2 << 62 | secrets.randbits(62))
