"""The scenario of `client/conformance/`, which every client has to pass against a real server."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

SCENARIO = Path(__file__).parents[2] / "conformance" / "scenario.json"

EXTENSION = datetime.timedelta(minutes=10)

# Answers a step's `ask` about an event with the JSON of the answer, or of a refusal.
Ask = Callable[[str, str, str | None, dict[str, Any]], dict[str, Any]]


def play(ask: Ask, event: str) -> None:
    """Plays all steps, about an event of this name, which is not there yet."""
    scenario = json.loads(SCENARIO.read_text())
    assert len(scenario["steps"]) > 20
    for step in scenario["steps"]:
        body = dict(step.get("body", {}))
        if body.get("until") == "in 10 minutes":
            body["until"] = datetime.datetime.now(datetime.timezone.utc) + EXTENSION
        answer = ask(step["ask"], event, step.get("reservation"), body)
        expected = step["expect"] | ({"event": event} if "event" in step["expect"] else {})
        assert has(answer, expected), f"{step}\nis answered\n{answer}"


def has(answer: Any, expected: Any) -> bool:
    """Whether an answer has all that is expected of it."""
    match answer, expected:
        case dict(), dict():
            return all(name in answer and has(answer[name], expected[name]) for name in expected)
        case list(), list():
            return len(answer) == len(expected) and all(map(has, answer, expected))
        case _:
            return bool(answer == expected)
