"""A check for schemathesis, beside its own: an operation refuses what its description says, and for
a reason that it says. A request that the description allows is not refused as `Invalid`.
"""

import schemathesis
from schemathesis import GenerationMode

# What a schema cannot say, by the field that the refusal names. The description says it in words.
IN_WORDS = {
    "id": "how old an id may be",
    "Idempotency-Key": "how old an id may be",
    "customer": "for whom a caller may act",
    "after": "a cursor is of one list",
    "sections": "each name once; a new section needs a price and a layout; bounds of all together",
    "section": "the event has such a section, with seats or without",
    "seats": "two labels of one seat",
    "starts_at": "the calendar, the last hours of the year 9999, and that it needs a zone or an offset",
    "sales_from": "as starts_at; and that sales end after they begin",
    "sales_until": "as starts_at",
    "zone": "which zones there are, and that it needs a time",
    "currency": "which codes ISO 4217 has",
    "plan": "docs/plan.schema.json says what a plan is, and plans.md what it says",
    "keep": "the places have to be the reservation's",
    "types": "of an event each once; of a reservation one for each place, of those of the event",
    "category": "the event has such a section",
    "type": "what characters a name has",
    "prices": "each category and type once, of those that the event has",
    "unblock": "a seat is in one of the lists",
    "ttl_ms": "the server's bounds for holds",
    "until": "the server's bounds for holds",
    "if_version": "it contradicts If-Match",
    "If-Match": "a tag that was read; schemathesis sends an empty one, too",
}

# The same by words of the reason: how long a text is in bytes; a whole number with a point; letters
# of any script, the normal form of a text, and where joiners may stand, which validators do not know.
WORDS = ["bytes", "floating point", "letters, digits", "normal form C", "invisible"]


@schemathesis.check
def described_refusals(ctx, response, case):
    # The answer to a method that the description does not have.
    if response.status_code < 400 or response.status_code == 405:
        return
    problem, status = response.json(), str(response.status_code)
    described = case.operation.definition.raw["responses"].get(status, {})
    examples = described.get("content", {}).get("application/problem+json", {}).get("examples", {})
    title = problem["title"]
    assert title in examples, f"{status} {title} is not described for {case.operation.label}"
    if case.meta and case.meta.generation.mode == GenerationMode.POSITIVE and title == "Invalid":
        # `sections[0].section` is about `section`.
        field = problem["field"].split(".")[-1].split("[")[0]
        in_words = field in IN_WORDS or any(word in problem["why"] for word in WORDS)
        assert in_words, f"allowed by the description, and refused: {problem['detail']}"
