"""Requests that get no answer are sent again.

No request to a Boxoffice server has a second effect: a new reservation has an id, and all other
requests state the wanted end. So every request may be repeated.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import httpx

STREAM = "text/event-stream"

# Too fast; not now, or with an unknown outcome.
AGAIN = (429, 503)

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0


class RetryTransport(httpx.BaseTransport):
    """Sends a request again, with growing pauses, until it is answered or `patience` is over.

    `patience` is in seconds; what the last attempt brought is then returned or raised.
    """

    def __init__(
        self,
        transport: httpx.BaseTransport,
        patience: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport, self._patience, self._sleep = transport, patience, sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request until it is answered."""
        end, pause = time.monotonic() + self._patience, FIRST_PAUSE_S
        while True:
            wait = pause * random.uniform(0.5, 1.5)
            try:
                response = self._transport.handle_request(request)
                if request.headers.get("Accept") != STREAM:
                    response.read()
            except httpx.TransportError:
                if time.monotonic() + wait > end:
                    raise
            else:
                if response.status_code not in AGAIN:
                    return response
                wait += float(response.headers.get("Retry-After", 0))
                if time.monotonic() + wait > end:
                    return response
                response.close()
            self._sleep(wait)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()
