// Paints a part of a hall on a canvas: shapes, outlines, rows from afar, seats with their labels
// from near, and the names of sections. Each seat has a look; those of a hall without an event are
// free.

import { distantColor, isOwn } from './looks.js';
import { LINE as TEXT_LINE, SECOND, SectionNames } from './names.js';
import { SeatPainter } from './seat-painter.js';
import { canvasColor, FONT, shapeColor } from './theme.js';

/** Pixels between seats below which a row is a line. */
const LINE = 3;
/** Pixels between the points of such a line. */
const STEP = 2;
/** The opacity of what a filter leaves out. */
const FILTERED = 0.15;
/** How thick a row from afar is where its seats are not free. */
const TAKEN = 0.55;

export class HallPainter {
  hall;
  theme;
  /** The categories that are shown; undefined for all. */
  shown;
  #colors;
  #shapes;
  #names;
  #seats;
  #lookOf;
  #told;

  /**
   * `pen` is a context of a canvas, by which colours and texts are measured. `lookOf` gives the
   * look of a seat, and `told` what is said below the name of a section, if anything.
   */
  constructor(hall, index, pen, { lookOf = () => 'free', told = () => undefined } = {}) {
    this.hall = hall;
    this.#lookOf = lookOf;
    this.#told = told;
    const plain = (color) => color && canvasColor(pen, color);
    this.#colors = hall.categories.map(({ color }) => plain(color));
    this.#shapes = hall.shapes.map((shape) => ({ ...shape, color: plain(shape.color),
      border: plain(shape.border), ink: plain(shape.text?.color) }));
    const widthOf = (text) => {
      pen.font = `600 100px ${FONT}`;
      return pen.measureText(text).width / 100;
    };
    this.#names = new SectionNames(hall, index, widthOf, told);
    this.#seats = new SeatPainter(hall);
  }

  /** The names of sections, laid out for a scale in pixels a unit. */
  names(scale) {
    return this.#names.layOut(scale);
  }

  /**
   * Paints what is in a box, which is that of these `pixels`: left, top, right, bottom. `scale` is
   * in pixels of the canvas a unit, `ratio` in those a pixel, and `x` and `y` are where the origin
   * is.
   */
  paint(context, { scale, ratio, x, y, box, pixels: [left, top, right, bottom], names }) {
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.globalAlpha = 1;
    context.fillStyle = this.theme.paper;
    context.fillRect(left, top, right - left, bottom - top);
    context.setTransform(scale, 0, 0, scale, x, y);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    this.#drawShapes(context, box);
    this.#drawOutlines(context, scale, box);
    for (const section of this.hall.sections) {
      if (!touches(section.box, box)) continue;
      for (const row of section.rows) {
        if (touches(row.reach, box)) this.#drawRow(context, row, scale, ratio, box);
      }
    }
    for (const name of names) if (touches(name.box, box)) this.#drawName(context, name);
    context.restore();
  }

  #drawShapes(context, box) {
    for (const { box: reach, polygon, ellipse, color, border, text, ink } of this.#shapes) {
      if (!touches(reach, box)) continue;
      context.beginPath();
      if (polygon) trace(context, polygon);
      if (ellipse) {
        const { x, y, across, along, angle } = ellipse;
        context.ellipse(x, y, across, along, angle, 0, 2 * Math.PI);
      }
      if (polygon || ellipse) {
        context.fillStyle = shapeColor(color, this.theme);
        context.fill();
        if (border) {
          context.strokeStyle = shapeColor(border, this.theme);
          context.lineWidth = 0.5;
          context.stroke();
        }
      }
      if (!text) continue;
      context.font = `${text.size}px ${FONT}`;
      context.fillStyle = shapeColor(ink, this.theme);
      context.fillText(text.text, text.x, text.y);
    }
  }

  #drawOutlines(context, scale, box) {
    for (const section of this.hall.sections) {
      if (!section.outline || !touches(section.box, box)) continue;
      const isShown = this.#isShown(section.category);
      context.beginPath();
      trace(context, section.outline);
      context.fillStyle = context.strokeStyle = this.#colorOf(section.category);
      context.globalAlpha = (section.rows.length > 0 ? 0.08 : 0.3) * (isShown ? 1 : FILTERED);
      context.fill();
      context.globalAlpha = isShown ? 0.6 : FILTERED;
      context.lineWidth = 1 / scale;
      context.stroke();
      context.globalAlpha = 1;
    }
  }

  #drawRow(context, row, scale, ratio, box) {
    const pixels = (row.pitch * scale) / ratio;
    if (pixels < LINE) this.#drawLines(context, row, scale);
    else {
      this.#seats.draw(context, row, { scale: scale / ratio, box, theme: this.theme,
        lookOf: this.#lookOf, colorOf: (category) => this.#colorOf(category),
        opacity: (category) => (this.#isShown(category) ? 1 : FILTERED) });
    }
  }

  /** A row from afar: lines through neighbours that look alike, all of a colour at once. */
  #drawLines(context, row, scale) {
    const { x, y } = this.hall;
    const each = Math.max(1, Math.floor(STEP / (row.pitch * scale)));
    context.lineCap = 'round';
    for (const { color, opacity, thick, lines } of this.#linesOf(row)) {
      context.beginPath();
      for (const [from, to] of lines) {
        context.moveTo(x[from], y[from]);
        for (let at = from + each; at < to; at += each) context.lineTo(x[at], y[at]);
        // The line of a single seat is a dot, which needs a length.
        context.lineTo(x[to] + (from === to ? 0.01 : 0), y[to]);
      }
      context.lineWidth = 2 * row.radius * thick;
      context.strokeStyle = color;
      context.globalAlpha = opacity;
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /** The lines of a row, by how they look: `{color, opacity, thick, lines}`. */
  #linesOf({ first, seats, pitch }) {
    const { x, y, categoryOf } = this.hall;
    const kinds = new Map();
    const kindOf = (seat) => {
      const [category, look] = [categoryOf[seat], this.#lookOf(seat)];
      const opacity = this.#isShown(category) ? 1 : FILTERED;
      const color = look === 'free' ? this.#colorOf(category) : distantColor(look, this.theme);
      const key = `${color} ${opacity}`;
      if (!kinds.has(key)) {
        const thick = look === 'free' || isOwn(look) ? 1 : TAKEN;
        kinds.set(key, { color, opacity, thick, lines: [] });
      }
      return kinds.get(key);
    };
    let [from, kind] = [first, kindOf(first)];
    for (let seat = first + 1; seat <= first + seats; seat += 1) {
      const next = seat < first + seats ? kindOf(seat) : undefined;
      if (next === kind && Math.hypot(x[seat] - x[seat - 1], y[seat] - y[seat - 1]) < 1.5 * pitch) {
        continue;
      }
      kind.lines.push([from, seat - 1]);
      [from, kind] = [seat, next];
    }
    return kinds.values();
  }

  #drawName(context, { section, text, x, y, size, isUpright }) {
    const told = this.#told(section);
    const up = told === undefined ? 0 : (TEXT_LINE * size) / 2;
    context.save();
    context.translate(x, y);
    if (isUpright) context.rotate(-Math.PI / 2);
    this.#write(context, text, -up, `600 ${size}px ${FONT}`, size);
    if (told) this.#write(context, told, up, `${size * SECOND}px ${FONT}`, size * SECOND);
    context.restore();
  }

  /** Writes a text that can be read over seats. */
  #write(context, text, y, font, size) {
    context.font = font;
    context.lineJoin = 'round';
    context.lineWidth = size * 0.22;
    context.strokeStyle = this.theme.paper;
    context.strokeText(text, 0, y);
    context.fillStyle = this.theme.ink;
    context.fillText(text, 0, y);
  }

  /** A hall without a plan has no colours of its own. */
  #colorOf(category) {
    return this.#colors[category] ?? this.theme.free;
  }

  #isShown(category) {
    return this.shown === undefined || this.shown.has(category);
  }
}

const touches = ([left, top, right, bottom], box) =>
  left <= box.right && right >= box.left && top <= box.bottom && bottom >= box.top;

function trace(context, points) {
  context.moveTo(points[0], points[1]);
  for (let at = 2; at + 1 < points.length; at += 2) context.lineTo(points[at], points[at + 1]);
  context.closePath();
}
