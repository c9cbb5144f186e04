"""A client for Boxoffice, a ticket reservation server, over HTTP.

`Client` holds and reserves places, confirms and cancels, and follows events. What the server
refuses is an exception named after the refusal, in `boxoffice.refusals`. `boxoffice.generated` has
every operation and record, made from the server's own description.
"""

from .client import Client
from .ids import new_id
from .problems import Problem, Refused
from .streams import Change, Snapshot

__all__ = ["Change", "Client", "Problem", "Refused", "Snapshot", "new_id"]
