"""`wire.py` passes the scenario; its JSON is put into the words of the wire here."""

from __future__ import annotations

import datetime
import uuid
from itertools import islice
from typing import Any

import scenario
import wire


class Course:
    """The scenario with `wire.Client`."""

    def __init__(self, client: wire.Client) -> None:
        self.client = client
        self.ids: dict[str, bytes] = {}

    def ask(
        self, asked: str, event: str, reservation: str | None, body: dict[str, Any]
    ) -> dict[str, Any]:
        try:
            reply = self.client.ask(self.request(asked, event, reservation, body))
        except wire.Refused as refused:
            code = wire._parse("Refusal")[1][0].index(refused.name) + 1
            return {"refused": refused.name, "code": code, **refused.fields}
        return answer(reply)

    def request(self, asked: str, event: str, reservation: str | None, body: dict[str, Any]) -> Any:
        if reservation is not None:
            id = self.ids.setdefault(reservation, self.client.new_id())
            key = {"event": event, "id": id, "customer": body["customer"]}
        match asked:
            case "create_event":
                return {"CreateEvent": {"event": event, "spec": spec(body)}}
            case "update_event":
                left = ["name", "starts_at", "max_per_customer", "sales_from", "sales_until",
                        "publication", "venue", "description", "link"]
                nothing = dict.fromkeys(left)
                lists: dict[str, Any] = {"sections": [], "block": [], "unblock": [], "prices": []}
                update = nothing | lists | {"sales": body["sales"].title()}
                named = {"event": event, "if_version": body["if_version"], "update": update}
                return {"UpdateEvent": named}
            case "delete_event":
                return {"DeleteEvent": {"event": event, "force": "Yes" if body["force"] else "No"}}
            case "seats":
                return {"Seats": {"event": event, "freshness": "Fresh"}}
            case "list_reservations":
                of = {"event": event, "customer": None, "code": None, "order": None}
                return {"ListReservations": {**of, "after": None, "limit": 1000}}
            case "hold":
                wish = {**key, "selection": selection(body), "ttl_ms": body.get("ttl_ms"), "order": None}
                return {"Hold": wish}
            case "reserve":
                return {"Reserve": {**key, "selection": selection(body), "order": None}}
            case "extend":
                return {"Extend": {"reservation": key, "until": milliseconds(body["until"])}}
            case "get_reservation":
                return {"GetReservation": {"reservation": key}}
            case "confirm":
                kept = keep(body.get("keep"))
                return {"Confirm": {"reservation": key, "keep": kept, "expired": "Refuse"}}
            case _:
                return {asked.title(): {"reservation": key, "keep": keep(body.get("keep"))}}


def spec(body: dict[str, Any]) -> dict[str, Any]:
    starts = milliseconds(datetime.datetime.fromisoformat(body["starts_at"].replace("Z", "+00:00")))
    return {
        "name": body["name"],
        "starts_at": {"at": starts, "local": starts, "zone": "UTC"},
        "currency": {"code": body.get("currency", "EUR"), "digits": 2},
        "max_per_customer": body.get("max_per_customer"),
        "sales_from": None,
        "sales_until": None,
        "publication": "Listed",
        "plan": None,
        "sections": [section(asked) for asked in body["sections"]],
        "tickets": {"types": [], "prices": []},
        "presentation": {"venue": None, "description": None, "link": None},
    }


def section(body: dict[str, Any]) -> dict[str, Any]:
    layout: Any = {"Standing": {"capacity": body.get("capacity"), "blocked": 0}}
    if rows := body.get("rows"):
        alike = [int(part) for part in rows.split("x")] if isinstance(rows, str) else None
        layout = {"Seated": {"rows": [alike[1]] * alike[0] if alike else rows}}
    return {"name": body["section"], "price": body["price"], "layout": layout}


def selection(body: dict[str, Any]) -> Any:
    if best := body.get("best"):
        together = "Required" if best.get("together") else "IfPossible"
        places = {"places": best["places"], "section": best.get("section")}
        return {"Best": {**places, "together": together}}
    if standing := body.get("standing"):
        return {"Standing": {"places": standing["places"], "section": standing.get("section")}}
    return {"Seats": body["seats"]}


def keep(places: Any) -> Any:
    if places is None:
        return None
    return {"Standing" if isinstance(places, int) else "Seats": places}


def milliseconds(at: datetime.datetime) -> int:
    return int(at.timestamp() * 1_000)


def answer(reply: wire.Reply) -> dict[str, Any]:
    [(name, body)] = reply.body.items()
    if name == "Reservation":
        return record(body["reservation"]) | {"version": reply.version}
    if name == "Reservations":
        return {"reservations": [record(row["reservation"]) for row in body["rows"]]}
    if name == "Seats":
        sections = [seats(section) for section in body["sections"]]
        return {"sections": sections, "version": reply.version}
    return {"version": reply.version}


def record(reservation: dict[str, Any]) -> dict[str, Any]:
    [(kind, places)] = reservation["places"].items()
    return reservation | {
        "currency": reservation["currency"]["code"],
        "id": str(uuid.UUID(bytes=reservation["id"])),
        "status": reservation["status"].lower(),
        "seats": places if kind == "Seats" else [],
        "standing": places if kind == "Standing" else None,
    }


def seats(section: dict[str, Any]) -> dict[str, Any]:
    spec, states = section["section"], section["states"]
    shown = {"section": spec["name"], "price": spec["price"], **section["counts"]}
    if seated := spec["layout"].get("Seated"):
        letters = iter("fhsb"[byte >> shift & 3] for byte in states for shift in (0, 2, 4, 6))
        shown["rows"] = [
            {"row": chr(ord("A") + row), "seats": "".join(islice(letters, count))}
            for row, count in enumerate(seated["rows"])
        ]
    return shown


def test_wire_passes_the_scenario(tcp: tuple[str, int]) -> None:
    host, port = tcp
    with wire.Client(host, port, patience=30.0) as client:
        scenario.play(Course(client).ask, "conformance-wire")
