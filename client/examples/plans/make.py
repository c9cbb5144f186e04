#!/usr/bin/env python3
"""Makes the sample plans of this folder: `python3 make.py` writes them anew, always the same.

Lengths are pixels of the drawing. The x axis goes right, the y axis down, angles go clockwise.
"""

from math import cos, floor, pi, radians, sin
from pathlib import Path

FOLDER = Path(__file__).parent


def value(thing):
    """A value of TOML."""
    if isinstance(thing, bool):
        return "true" if thing else "false"
    if isinstance(thing, str):
        return '"%s"' % thing
    if isinstance(thing, (list, tuple)):
        return "[%s]" % ", ".join(value(entry) for entry in thing)
    rounded = round(thing, 1)
    return str(int(rounded)) if rounded == int(rounded) else str(rounded)


def table(heading, **keys):
    lines = ["%s = %s" % (key, value(thing)) for key, thing in keys.items() if thing is not None]
    return "\n".join(["[[%s]]" % heading] + lines) + "\n"


def write(file, name, focus, parts):
    head = "# Made by make.py.\nname = %s\nfocus = %s\n" % (value(name), value(focus))
    (FOLDER / file).write_text("\n".join([head] + parts), encoding="utf-8")


def category(name, color):
    return table("category", name=name, color=color)


def row(label, **keys):
    return table("section.row", label=label, **keys)


def seat(seats, **keys):
    return table("section.seat", seats=seats, **keys)


def shape(**keys):
    return table("drawing.shape", **keys)


# A theatre: curved stalls, a balcony like a horseshoe along which seats are counted, and boxes.

LEG, BACK = 410, 430


def horseshoe(depth, pitch, doors):
    """Points along a walk from the stage on the left, around the back, to the stage on the right.

    Returns the points and the indices of seats behind a door.
    """
    x, top = LEG + depth, 60
    leg, bend = BACK - top, pi * x
    seats = floor((2 * leg + bend - doors * pitch) / pitch)
    points, breaks = [], []
    for index in range(seats):
        door = index * (doors + 1) // seats
        if index and door > (index - 1) * (doors + 1) // seats:
            breaks.append(index)
        along = (index + door + 0.5) * pitch
        if along < leg:
            points.append((-x, top + along))
        elif along < leg + bend:
            angle = (along - leg) / x
            points.append((-x * cos(angle), BACK + x * sin(angle)))
        else:
            points.append((x, BACK - (along - leg - bend)))
    return points, breaks


def numbers(count, breaks):
    ends = [0] + breaks + [count]
    return " | ".join("%d..%d" % (a + 1, b) for a, b in zip(ends, ends[1:]))


def theatre():
    parts = [
        category("Stalls", "#4269d0"),
        category("Rear stalls", "#3d9a85"),
        category("Balcony", "#b5651d"),
        category("Box", "#a8324a"),
        table("section", name="stalls", category="Stalls", floor="ground", at=[0, -620],
              rows="A..H | J..P", seats="19..1/2 | 2..20/2", radius=700, pitch=25, row_pitch=32,
              aisle=30),
        row("J..O", seats="23..1/2 | 2..24/2", category="Rear stalls"),
        row("P", seats="W1 C1 17..1/2 | 2..18/2 C2 W2", category="Rear stalls"),
        seat("P-W1, P-W2", accessible=True),
        seat("P-C1", companion="P-W1"),
        seat("P-C2", companion="P-W2"),
        seat("A19, A20, B19, B20", view="restricted"),
        table("section", name="balcony", category="Balcony", floor="first", at=[0, 0]),
    ]
    for label, depth in (("A", 0), ("B", 34), ("C", 68)):
        points, breaks = horseshoe(depth, 25, 3)
        parts.append(row(label, seats=numbers(len(points), breaks), points=points))
    parts.append(table("section", name="boxes", category="Box", floor="first", whole=True,
                       pitch=24, at=[0, 0]))
    for number in range(5):
        y = 100 + number * 125
        parts.append(row(str(number + 1), seats="1..4", at=[-560, y], angle=90))
    for number in range(5):
        y = 600 - number * 125
        parts.append(row(str(number + 6), seats="1..4", at=[560, y], angle=-90))
    parts += [
        table("drawing", name="stage"),
        shape(polygon=[[-300, -160], [300, -160], [240, -30], [0, 10], [-240, -30]],
              color="#d8d4cc", text="Stage", text_at=[0, -80], text_size=30),
    ]
    write("theatre.toml", "Town theatre", [0, 0], parts)


# A cinema: straight rows between aisles, and two rows with spaces for wheelchairs.

def cinema():
    parts = [
        category("Standard", "#4269d0"),
        category("Premium", "#a463f2"),
        table("section", name="screen 1", category="Standard", at=[0, 120], rows="A..F | G..M",
              seats="1..4 | 5..16 | 17..20", pitch=28, row_pitch=36, aisle=36),
        row("A", seats="5..16"),
        row("F", seats="W1 C1 C2 W2 | 5..16 | W3 C3 C4 W4"),
        row("G", seats="W1 C1 C2 W2 | 5..16 | W3 C3 C4 W4", category="Premium"),
        row("H..M", category="Premium"),
    ]
    for label in "FG":
        wheelchairs = ", ".join("%s-W%d" % (label, number) for number in range(1, 5))
        parts.append(seat(wheelchairs, accessible=True))
        parts += [seat("%s-C%d" % (label, number), companion="%s-W%d" % (label, number))
                  for number in range(1, 5)]
    parts += [
        table("drawing", name="screen"),
        shape(at=[-280, 20], rectangle=[560, 14], color="#555555"),
        shape(at=[0, 50], text="Screen", text_size=18),
    ]
    write("cinema.toml", "Harbour cinema, screen 1", [0, 330], parts)


# A club: round tables that are sold entirely, stools at a bar, and a floor to stand on.

def club():
    parts = [
        category("Dance floor", "#3d9a85"),
        category("Table", "#a8324a"),
        category("Bar", "#b5651d"),
        table("section", name="dance floor", category="Dance floor", capacity=350, at=[0, 0],
              outline=[[-330, 40], [330, 40], [330, 280], [-330, 280]]),
        table("section", name="tables", category="Table", whole=True, at=[0, 0]),
    ]
    tables = [(x, 370 + 130 * line) for line in range(3) for x in range(-325, 326, 130)]
    for number, at in enumerate(tables, 1):
        parts.append(row("T%d" % number, seats="1..6", at=at, radius=38, spread=360))
    parts += [
        table("section", name="bar", category="Bar", at=[455, 160], angle=90, rows="B",
              seats="1..12", pitch=30),
        seat("B1", accessible=True),
        seat("B2", companion="B1"),
        table("drawing", name="furniture"),
        shape(at=[-200, -90], rectangle=[400, 100], color="#d8d4cc", text="Stage", text_size=26),
        shape(at=[485, -30], rectangle=[40, 380], color="#efece6"),
    ]
    parts += [shape(at=at, circle=20, color="#efece6") for at in tables]
    write("club.toml", "Club at the canal", [0, -40], parts)


# Bowls: blocks along a rectangle with round corners. Rows of corner blocks grow with their radius.

class Bowl:
    def __init__(self, half_x, half_y, corner, pitch, row_pitch, gap):
        self.half_x, self.half_y, self.corner = half_x, half_y, corner
        self.pitch, self.row_pitch, self.gap = pitch, row_pitch, gap
        self.parts, self.seats = [], 0

    def outline(self, points):
        return [[round(x), round(y)] for x, y in points]

    def straight(self, name, category, side, along, width, depth, rows, floor_name):
        """A block beside a straight side: bottom, left, top or right, as seen from the middle."""
        seats = floor((width - self.gap) / self.pitch) + 1
        angle = {"bottom": 0, "left": 90, "top": 180, "right": -90}[side]
        away = (self.half_y if side in ("bottom", "top") else self.half_x) + depth
        x, y = along, away
        a = radians(angle)
        at = [x * cos(a) - y * sin(a), x * sin(a) + y * cos(a)]
        edge, deep = (seats - 1) * self.pitch / 2 + 16, (rows - 1) * self.row_pitch + 18
        self.parts.append(table(
            "section", name=name, category=category, floor=floor_name, at=at,
            angle=angle or None, rows="1..%d" % rows, seats="1..%d" % seats, pitch=self.pitch,
            row_pitch=self.row_pitch,
            outline=self.outline([(-edge, -18), (edge, -18), (edge, deep), (-edge, deep)])))
        self.seats += rows * seats

    def curved(self, name, category, corner, part, parts, depth, rows, floor_name):
        """A block of a corner: the first lies at the bottom left, the next ones clockwise."""
        angle = 90 * corner + 90 * (part + 0.5) / parts
        inner_x, inner_y = self.half_x - self.corner, self.half_y - self.corner
        sign_x, sign_y = ((-1, 1), (-1, -1), (1, -1), (1, 1))[corner]
        radius = self.corner + depth
        share = pi / 2 / parts
        counts = [floor(((radius + at * self.row_pitch) * share - self.gap) / self.pitch) + 1
                  for at in range(rows)]
        far = radius + (rows - 1) * self.row_pitch + 18
        near = radius - 18
        def arc(r, ends):
            half = share / 2 - (self.gap / 2 - 16) / r
            return [(r * sin(half * end), r * cos(half * end)) for end in ends]
        ends = (-1, -0.5, 0, 0.5, 1)
        self.parts.append(table(
            "section", name=name, category=category, floor=floor_name,
            at=[sign_x * inner_x, sign_y * inner_y], angle=angle, radius=radius,
            pitch=self.pitch, row_pitch=self.row_pitch,
            outline=self.outline(arc(near, ends) + arc(far, ends[::-1]))))
        begin = 0
        for at in range(1, rows + 1):
            if at == rows or counts[at] != counts[begin]:
                label = "%d" % (begin + 1) if at == begin + 1 else "%d..%d" % (begin + 1, at)
                self.parts.append(row(label, seats="1..%d" % counts[begin]))
                begin = at
        self.seats += sum(counts)

    def tier(self, first, names, depth, rows, blocks, corners, floor_name, without=()):
        """A tier around: names are the categories of long sides, short sides and corners."""
        number = first
        long, short = 2 * (self.half_x - self.corner), 2 * (self.half_y - self.corner)
        for corner, side in enumerate(("bottom", "left", "top", "right")):
            length, count = (long, blocks[0]) if side in ("bottom", "top") else (short, blocks[1])
            kind = names[0] if side in ("bottom", "top") else names[1]
            for block in range(count):
                along = -length / 2 + length * (block + 0.5) / count
                if side not in without:
                    self.straight(str(number), kind, side, -along, length / count, depth, rows,
                                  floor_name)
                number += 1
            for part in range(corners):
                self.curved(str(number), names[2], corner, part, corners, depth, rows, floor_name)
                number += 1


def arena():
    bowl = Bowl(half_x=1300, half_y=740, corner=520, pitch=20, row_pitch=34, gap=70)
    bowl.tier(101, ("Side", "End", "Corner"), 0, 19, (4, 2), 2, "lower", without=("left",))
    bowl.tier(201, ("Upper", "Upper", "Upper"), 760, 16, (4, 2), 3, "upper", without=("left",))
    standing = 18_000 - bowl.seats
    parts = [
        category("Floor", "#3d9a85"),
        category("Side", "#4269d0"),
        category("End", "#7f9f00"),
        category("Corner", "#c98a00"),
        category("Upper", "#a463f2"),
        table("section", name="floor", category="Floor", capacity=standing, at=[0, 0],
              outline=[[-800, -560], [1060, -560], [1060, 560], [-800, 560]]),
    ]
    parts += bowl.parts
    parts += [
        table("drawing", name="stage"),
        shape(at=[-1250, -420], rectangle=[400, 840], color="#d8d4cc", text="Stage",
              text_size=90),
    ]
    write("arena.toml", "Arena", [-850, 0], parts)
    return bowl.seats, standing


def stadium():
    bowl = Bowl(half_x=2450, half_y=1720, corner=800, pitch=20, row_pitch=34, gap=70)
    bowl.tier(101, ("Main", "Goal", "Corner"), 0, 32, (8, 5), 3, "lower")
    bowl.tier(201, ("Upper", "Upper goal", "Upper corner"), 1240, 29, (8, 5), 4, "upper")
    parts = [
        category("Main", "#4269d0"),
        category("Goal", "#7f9f00"),
        category("Corner", "#c98a00"),
        category("Upper", "#a463f2"),
        category("Upper goal", "#d6455b"),
        category("Upper corner", "#3d9a85"),
    ]
    parts += bowl.parts
    parts += [
        table("drawing", name="field"),
        shape(at=[-2100, -1360], rectangle=[4200, 2720], color="#cfe3c3", border="#88aa77"),
        shape(circle=366, color="#c3d9b5", border="#ffffff"),
        shape(at=[-2, -1360], rectangle=[4, 2720], color="#ffffff"),
        shape(at=[0, 0], text="Field", text_size=180, text_color="#55774a"),
    ]
    write("stadium.toml", "Stadium", [0, 0], parts)
    return bowl.seats


if __name__ == "__main__":
    theatre()
    cinema()
    club()
    print("arena: %d seats, %d standing" % arena())
    print("stadium: %d seats" % stadium())
