"""What goes wrong, as exceptions."""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """The server's problem document (RFC 9457)."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.title: str = document["title"]
        self.status: int = document["status"]
        self.detail: str = document["detail"]
        super().__init__(f"{self.title}: {self.detail}")


class Refused(Problem):
    """The server understood the request and says no. Each refusal has a class in `refusals`.

    `version` is the version of the event that the refusal rests on, and 0 if it rests on none.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(document)
        self.refused: str = document["refused"]
        self.code: int = document["code"]
        self.version: int = document.get("version", 0)
        for field in type(self).__annotations__:
            setattr(self, field, document.get(field))
