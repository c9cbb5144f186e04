"""Reads the words of golden vectors, which are in the form of Rust's `{:?}`."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|\.\.|[^\s{}()\[\],"]+?(?=:\s)|[^\s{}()\[\],"]+|[{}()\[\],]')

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Named(NamedTuple):
    """`Name`, `Name { field: value }` or `Name(value)`."""

    name: str
    fields: dict[str, Any] | None
    values: list[Any] | None


def parse(text: str) -> Any:
    """The value that the text describes: `Named`, lists, tuples, texts and words."""
    return _Parser(TOKENS.findall(text)).value()


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens[::-1]

    def next(self) -> str:
        return self.tokens.pop()

    def peek(self) -> str:
        return self.tokens[-1] if self.tokens else ""

    def value(self) -> Any:
        token = self.next()
        if token == "[":
            return self.until("]")
        if token == "(":
            return tuple(self.until(")"))
        if token.startswith('"'):
            return json.loads(token)
        if self.peek() == "(":
            self.next()
            return Named(token, None, self.until(")"))
        if self.peek() == "{":
            self.next()
            return Named(token, self.fields(), None)
        return Named(token, None, None)

    def until(self, end: str) -> list[Any]:
        values = []
        while self.peek() != end:
            values.append(self.value())
            self.comma()
        self.next()
        return values

    def fields(self) -> dict[str, Any]:
        fields = {}
        while self.peek() != "}":
            name = self.next()
            assert self.next() == ":"
            fields[name] = self.value()
            self.comma()
        self.next()
        return fields

    def comma(self) -> None:
        if self.peek() == ",":
            self.next()


def says(words: Any, value: Any) -> bool:
    """Whether the words describe a value of `wire`."""
    match words, value:
        case Named(name="Some", values=[inner]), _:
            return value is not None and says(inner, value)
        case Named(name="None", fields=None, values=None), None:
            return True
        case Named(fields=dict(fields)), dict() if fields.keys() == value.keys():
            return all(says(words, value[name]) for name, words in fields.items())
        case Named(name=name, values=[inner]), dict() if [name] == list(value):
            return says(inner, value[name])
        case Named(name=name, fields=dict()), dict() if [name] == list(value):
            return says(words, value[name])
        case Named(values=[Named(name="..")]), _:
            return True
        case Named(values=[inner]), _:
            return says(inner, value)
        case Named(name=name, fields=None, values=None), _:
            return _word(name, value)
        case tuple(), dict():
            return says(words, tuple(value.values()))
        case (list() | tuple()), (list() | tuple() | bytes()):
            return len(words) == len(value) and all(map(says, words, value))
        case _:
            return bool(words == value)


def _word(word: str, value: Any) -> bool:
    """A number, a name, an id, a digest or a booking code, a seat such as `1/C4`, or a currency such as `EUR.2`."""
    if isinstance(value, dict):
        return word == ".".join(map(str, value.values()))
    if isinstance(value, bytes) and len(value) == 5:
        bits = int.from_bytes(value, "big")
        return word == "".join(CROCKFORD[bits >> 5 * place & 31] for place in range(7, -1, -1))
    if isinstance(value, bytes):
        return word.replace("-", "") == value.hex()
    seat = re.fullmatch(r"(\d+)/([A-Z])(\d+)", word)
    if seat and isinstance(value, int):
        section, row, number = int(seat[1]), ord(seat[2]) - ord("A"), int(seat[3]) - 1
        return value == (section << 24 | row << 12 | number)
    return word == str(value)
