// Where the name of each section stands: from afar over its rows, near beside its seats, upright
// in a narrow block, and never over another name.

import { grown, PITCH } from './hall.js';

/** Sizes of a name in pixels, those that are preferred first. */
const SIZES = [17, 14, 12, 10, 8.5];
/** The height of a line, as a multiple of the size. */
export const LINE = 1.15;
/** The size of the line below a name, as a share of the name's. */
export const SECOND = 0.85;
/** Pixels of a seat's width from which names leave the section's own seats visible. */
const NEAR = 6;
/** How bad it is to cover a seat of another section, one of its own, or a shape. */
const FOREIGN = 40;
const OWN = 1;
const SHAPE = 30;
/** How bad it is to be far from the section's own seats, further than so many units. */
const ASTRAY = 300;
const BESIDE = 1.6 * PITCH;
/** With more sections than these, all names are about as large: as the smallest of this share. */
const MANY = 8;
const SMALLEST_SHARE = 0.1;
/** A place is the worse the later it is in the list of them. */
const LATER = 0.5;
/** From afar a name stands beside its section only where even the smallest does not fit on it. */
const OFF = 16;
/** What a smaller size may cost less by: a large name is worth that much. */
const SMALLER = 3;

export class SectionNames {
  #hall;
  #index;
  #sections;

  /** `widthOf` measures a text of size 1; `told` gives the line below a section's name, if any. */
  constructor(hall, index, widthOf, told = () => undefined) {
    this.#hall = hall;
    this.#index = index;
    const seatsOf = ({ rows }) => rows.reduce((sum, row) => sum + row.seats, 0);
    const sizeOf = ({ name }, second) => (second === undefined ? { width: widthOf(name), lines: 1 }
      : { width: Math.max(widthOf(name), SECOND * widthOf(second)), lines: 2 });
    this.#sections = hall.sections
      .map((section) => ({ section, ...sizeOf(section, told(section)), seats: seatsOf(section),
        anchor: anchorOf(hall, section) }))
      // Small sections have the fewest places for a name.
      .sort((one, other) => (one.seats || Infinity) - (other.seats || Infinity));
  }

  /** The names at a scale: `{section, text, x, y, size, isUpright, box}`, in units. */
  layOut(scale) {
    const names = this.#placeAll(scale, SIZES);
    if (names.length <= MANY) return names;
    const sizes = names.map(({ size }) => size * scale).sort((one, other) => one - other);
    const most = sizes[Math.floor(sizes.length * SMALLEST_SHARE)] + 0.1;
    if (sizes.at(-1) <= most) return names;
    return this.#placeAll(scale, SIZES.filter((size) => size <= most));
  }

  #placeAll(scale, sizes) {
    const placed = [];
    for (const entry of this.#sections) {
      const name = this.#place(entry, scale, sizes, placed);
      if (name) placed.push(name);
    }
    return placed;
  }

  #place(entry, scale, sizes, placed) {
    const { section, width, lines } = entry;
    let [best, least] = [undefined, Infinity];
    for (const [step, pixels] of sizes.entries()) {
      const size = pixels / scale;
      for (const isUpright of [false, true]) {
        const [long, high] = [width * size, lines * LINE * size];
        const [across, along] = isUpright ? [high, long] : [long, high];
        for (const { x, y, cost: place } of spotsOf(entry, across, along, scale)) {
          const box = [x - across / 2, y - along / 2, x + across / 2, y + along / 2];
          const cost = step * SMALLER + place + (isUpright ? SMALLER / 2 : 0);
          if (cost >= least || placed.some((other) => touch(other.box, box))) continue;
          const total = cost + this.#covered(section, box, least - cost, scale);
          if (total < least) {
            [best, least] = [{ section, text: section.name, x, y, size, isUpright, box }, total];
          }
        }
      }
      if (least <= (step + 1) * SMALLER) break;
    }
    return best;
  }

  /** How bad it is to cover what is in a box, counted up to `most`. */
  #covered(section, box, most, scale) {
    const hall = this.#hall;
    const [left, top, right, bottom] = box;
    if (left < 0 || top < 0 || right > hall.width || bottom > hall.height) return Infinity;
    const own = isNear(section, scale) ? OWN : 0;
    let bad = 0;
    for (const shape of hall.shapes) if (shape.box && touch(shape.box, box)) bad += SHAPE;
    for (const other of hall.sections) {
      const isInTheWay = other.rows.length === 0 && other !== section;
      if (isInTheWay && touch(other.box, box)) bad += FOREIGN;
    }
    for (const seat of this.#index.seatsIn(grown(box, PITCH * 0.4))) {
      bad += hall.row(seat).section === section ? own : FOREIGN;
      if (bad >= most) return bad;
    }
    return this.#isBeside(section, box) ? bad : bad + ASTRAY;
  }

  /** Whether a box is on a section or near to it. */
  #isBeside(section, box) {
    if (section.rows.length === 0) return touch(section.box, grown(box, BESIDE));
    for (const seat of this.#index.seatsIn(grown(box, BESIDE))) {
      if (this.#hall.row(seat).section === section) return true;
    }
    return false;
  }
}

/** Places for the middle of a name of this size, and what each costs. */
function spotsOf({ section, anchor }, across, along, scale) {
  const [left, top, right, bottom] = section.box;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const gap = PITCH / 4;
  const on = [anchor, [x, y]];
  const beside = [
    [x, top - gap - along / 2],
    [x, bottom + gap + along / 2],
    [left - gap - across / 2, y],
    [right + gap + across / 2, y],
    [left + across / 2, top - gap - along / 2],
    [right - across / 2, top - gap - along / 2],
  ];
  const priced = (spots, least) => spots.map(([atX, atY], rank) =>
    ({ x: atX, y: atY, cost: least + rank * LATER }));
  return isNear(section, scale) ? [...priced(beside, 0), ...priced(on, beside.length * LATER)]
    : [...priced(on, 0), ...priced(beside, OFF)];
}

/** Whether seats are large enough for people to look at them one by one. */
export const isNear = ({ rows }, scale) => rows.length > 0 && 2 * rows[0].radius * scale >= NEAR;

/** A point on the section, near its middle: the seat that is nearest to it. */
function anchorOf({ x, y }, { rows, box: [left, top, right, bottom] }) {
  const seats = rows.flatMap(({ first, seats: many }) =>
    Array.from({ length: many }, (_, number) => first + number));
  if (seats.length === 0) return [(left + right) / 2, (top + bottom) / 2];
  const mean = (of) => seats.reduce((sum, seat) => sum + of[seat], 0) / seats.length;
  const middle = [mean(x), mean(y)];
  const far = (seat) => Math.hypot(x[seat] - middle[0], y[seat] - middle[1]);
  const nearest = seats.reduce((best, seat) => (far(seat) < far(best) ? seat : best));
  // In a compact block the middle itself is as good, and straight.
  return far(nearest) < 2 * PITCH ? middle : [x[nearest], y[nearest]];
}

const touch = (one, other) => one[0] < other[2] && one[2] > other[0]
  && one[1] < other[3] && one[3] > other[1];
