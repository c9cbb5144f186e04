"""A first booking: creates an event, holds the two best seats, confirms one of them, and gives it
back. It may be run again: every run books anew.

    python first_booking.py http://localhost:7118
"""

import sys

from boxoffice import Client
from boxoffice.generated.models import NewEvent

# Five rows of eight seats at 9.50 EUR.
MATINEE = {
    "name": "Matinée",
    "starts_at": "2030-03-17T17:46:40Z",
    "sections": [{"section": "stalls", "price": 950, "rows": "5x8"}],
}

server = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:7118"
with Client(server, customer="ann@example.org") as client:
    print("welcomed by", client.server().server)

    saved = client.create_event("first-booking", NewEvent.from_dict(MATINEE))
    print(f"{saved.id}:", "created" if saved.changed else "there already", "at", saved.version)

    held = client.hold("first-booking", best=2, together=True)
    print("held", held.seats, "until", held.expires_at)

    confirmed = client.confirm(held, keep=held.seats[:1])
    print("confirmed", confirmed.seats, "for", confirmed.total)

    cancelled = client.cancel(confirmed)
    print("it is", cancelled.status, "now, at version", cancelled.version)
