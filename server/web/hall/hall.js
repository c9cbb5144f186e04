// A hall as its plan says it: sections, rows and seats, each at its place. Seats are numbered over
// all sections, and places are in units of which a usual seat takes ten.

/** From one seat to the next, usually. */
export const PITCH = 10;
/** Room around the drawing. */
const MARGIN = 2 * PITCH;
/** Between seats that have no neighbour, in the drawing's own tenths of a unit. */
export const LONELY = 260;
/** A seat's width, as a share of the way to the next one. */
const SEAT = 0.78;

/** Around a row there is room for its label, of so many radii of a seat. */
const LABEL_ROOM = 5;

/** What is special about a seat. */
export const ACCESSIBLE = 1;
export const COMPANION = 2;
export const RESTRICTED = 4;

export class Hall {
  name;
  categories;
  /** `{index, name, floor, category, capacity, outline, rows, box}`; corners are x, y, x, y, … */
  sections;
  /** `{index, section, label, labels, first, seats, radius}` */
  rows = [];
  shapes;
  width;
  height;
  /** For each seat. */
  x;
  y;
  categoryOf;
  marks;
  /** The row of each seat, by its index. */
  rowOf;

  /** `drawing` is what the server says of a plan. Around it there is so much room. */
  constructor(drawing, margin = MARGIN) {
    this.name = drawing.name;
    this.categories = drawing.categories;
    const count = sum(drawing.sections.flatMap(({ rows = [] }) => rows), countOf);
    this.x = new Float32Array(count);
    this.y = new Float32Array(count);
    this.categoryOf = new Uint16Array(count);
    this.marks = new Uint8Array(count);
    this.rowOf = new Uint32Array(count);
    this.sections = drawing.sections.map((section, index) =>
      this.#section(section, index, drawing));
    this.#place(drawing, margin);
  }

  get seats() {
    return this.x.length;
  }

  row(seat) {
    return this.rows[this.rowOf[seat]];
  }

  /** The number that is written on a seat. */
  number(seat) {
    const row = this.row(seat);
    return row.labels[seat - row.first];
  }

  /** What a seat is called in its section: `A12`, or `12-7` where they would run together. */
  label(seat) {
    const { label } = this.row(seat);
    const number = this.number(seat);
    const joins = /^[\p{L}\p{M}]+$/u.test(label) && /^\p{Nd}+$/u.test(number);
    return joins ? label + number : `${label}-${number}`;
  }

  /** The box around a seat: left, top, right, bottom. */
  boxOfSeat(seat) {
    const { radius } = this.row(seat);
    const [x, y] = [this.x[seat], this.y[seat]];
    return [x - radius, y - radius, x + radius, y + radius];
  }

  /** The box around some seats. */
  boxOfSeats(seats) {
    return boxOf([...seats].flatMap((seat) => this.boxOfSeat(seat)));
  }

  #section({ name, floor, category, capacity, outline, rows = [] }, index, { labels }) {
    const section = { index, name, floor, category, capacity, outline, rows: [] };
    section.rows = rows.map((row) => this.#row(row, section, labels[row.labels]));
    return section;
  }

  #row({ label, points, category, accessible = [], companions = [], restricted = [] }, section,
    labels) {
    const before = this.rows.at(-1);
    const first = before ? before.first + before.seats : 0;
    const row = { index: this.rows.length, section, label, labels, first, seats: labels.length };
    let [x, y, pitch] = [0, 0, Infinity];
    for (let seat = 0; seat < row.seats; seat += 1) {
      const [dx, dy] = [points[2 * seat], points[2 * seat + 1]];
      const step = Math.hypot(dx, dy);
      if (seat > 0 && step > 0) pitch = Math.min(pitch, step);
      [x, y] = [x + dx, y + dy];
      this.x[first + seat] = x;
      this.y[first + seat] = y;
      this.categoryOf[first + seat] = Array.isArray(category) ? category[seat] : category;
    }
    row.pitch = pitch;
    for (const [seats, mark] of
      [[accessible, ACCESSIBLE], [companions, COMPANION], [restricted, RESTRICTED]]) {
      for (const seat of seats) this.marks[first + seat] |= mark;
    }
    this.rowOf.fill(row.index, first, first + row.seats);
    this.rows.push(row);
    return row;
  }

  /** Brings everything into units, with the upper left corner at the origin. */
  #place({ shapes }, margin) {
    const pitches = this.rows.map(({ pitch }) => pitch).filter(Number.isFinite);
    const usual = pitches.sort((a, b) => a - b)[pitches.length >> 1] ?? LONELY;
    const unit = PITCH / usual;
    const around = [];
    for (let seat = 0; seat < this.seats; seat += 1) around.push(this.x[seat], this.y[seat]);
    for (const { outline = [] } of this.sections) for (const at of outline) around.push(at);
    for (const shape of shapes) for (const at of reachOf(shape)) around.push(at);
    const [left, top, right, bottom] = boxOf(around);
    const toX = (x) => (x - left) * unit + margin;
    const toY = (y) => (y - top) * unit + margin;
    const corners = (points) => points?.map((at, index) => (index % 2 ? toY(at) : toX(at)));
    this.width = (right - left) * unit + 2 * margin;
    this.height = (bottom - top) * unit + 2 * margin;
    for (let seat = 0; seat < this.seats; seat += 1) {
      this.x[seat] = toX(this.x[seat]);
      this.y[seat] = toY(this.y[seat]);
    }
    for (const row of this.rows) {
      const pitch = Number.isFinite(row.pitch) ? row.pitch * unit : PITCH;
      row.pitch = pitch;
      row.radius = (pitch * SEAT) / 2;
      row.box = this.#boxOfRow(row);
      row.reach = grown(row.box, LABEL_ROOM * row.radius);
    }
    for (const section of this.sections) {
      section.outline = corners(section.outline);
      section.box = boxOf([section.outline ?? [], ...section.rows.map(({ box }) => box)].flat());
    }
    this.shapes = shapes.map((shape) => placed(shape, unit, toX, toY, corners));
  }

  #boxOfRow({ first, seats, radius }) {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let seat = first; seat < first + seats; seat += 1) {
      left = Math.min(left, this.x[seat] - radius);
      right = Math.max(right, this.x[seat] + radius);
      top = Math.min(top, this.y[seat] - radius);
      bottom = Math.max(bottom, this.y[seat] + radius);
    }
    return [left, top, right, bottom];
  }
}

const countOf = ({ points }) => points.length / 2;
const sum = (list, of) => list.reduce((total, entry) => total + of(entry), 0);
/** A box with room around it. */
export const grown = ([left, top, right, bottom], room) =>
  [left - room, top - room, right + room, bottom + room];

/** The box around points: left, top, right, bottom. */
function boxOf(points) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at + 1 < points.length; at += 2) {
    left = Math.min(left, points[at]);
    right = Math.max(right, points[at]);
    top = Math.min(top, points[at + 1]);
    bottom = Math.max(bottom, points[at + 1]);
  }
  return left > right ? [0, 0, 1, 1] : [left, top, right, bottom];
}

function reachOf({ polygon = [], ellipse, text }) {
  const [x, y, across, along] = ellipse ?? [0, 0, 0, 0];
  const round = ellipse ? [x - across, y - along, x + across, y + along] : [];
  return [...polygon, ...round, ...(text?.at ?? [])];
}

/** A shape at its place, with the box that it and its text take. */
function placed({ polygon, ellipse, color, border, text }, unit, toX, toY, corners) {
  const [x, y, across, along, angle] = ellipse ?? [];
  const shape = {
    color,
    border,
    polygon: corners(polygon),
    ellipse: ellipse && { x: toX(x), y: toY(y), across: across * unit, along: along * unit,
      angle: (angle / 1800) * Math.PI },
    text: text && { text: text.text, x: toX(text.at[0]), y: toY(text.at[1]),
      size: text.size * unit, color: text.color },
  };
  return { ...shape, box: boxOfShape(shape) };
}

function boxOfShape({ polygon = [], ellipse, text }) {
  const around = [...polygon];
  if (ellipse) {
    const reach = Math.max(ellipse.across, ellipse.along);
    around.push(ellipse.x - reach, ellipse.y - reach, ellipse.x + reach, ellipse.y + reach);
  }
  if (text) {
    const [across, along] = [text.size * 0.35 * text.text.length, text.size * 0.6];
    around.push(text.x - across, text.y - along, text.x + across, text.y + along);
  }
  return boxOf(around);
}
