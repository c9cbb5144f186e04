// Paints a part of a hall on a canvas: shapes, outlines, rows from afar, seats with their labels
// from near, and the names of sections.

import { SectionNames } from './names.js';
import { SeatPainter } from './seat-painter.js';
import { canvasColor, FONT, shapeColor } from './theme.js';

/** Pixels between seats below which a row is a line. */
const LINE = 3;
/** Pixels between the points of such a line. */
const STEP = 2;
/** The opacity of what a filter leaves out. */
const FILTERED = 0.15;

export class HallPainter {
  hall;
  theme;
  /** The categories that are shown; undefined for all. */
  shown;
  #colors;
  #shapes;
  #names;
  #seats;

  /** `pen` is a context of a canvas, by which colours and texts are measured. */
  constructor(hall, index, pen) {
    this.hall = hall;
    const plain = (color) => color && canvasColor(pen, color);
    this.#colors = hall.categories.map(({ color }) => plain(color));
    this.#shapes = hall.shapes.map((shape) => ({ ...shape, color: plain(shape.color),
      border: plain(shape.border), ink: plain(shape.text?.color) }));
    const widthOf = (text) => {
      pen.font = `600 100px ${FONT}`;
      return pen.measureText(text).width / 100;
    };
    this.#names = new SectionNames(hall, index, widthOf);
    this.#seats = new SeatPainter(hall);
  }

  /** The names of sections, laid out for a scale in pixels a unit. */
  names(scale) {
    return this.#names.layOut(scale);
  }

  /**
   * Paints what is in a box. `scale` is in pixels of the canvas a unit, `ratio` in those a pixel,
   * and `x` and `y` are where the origin is.
   */
  paint(context, { scale, ratio, x, y, box, names }) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = this.theme.paper;
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
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
    for (const name of names) if (touches(name.box, box)) this.#drawName(context, name, scale);
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
      context.fillStyle = context.strokeStyle = this.#colors[section.category];
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
        colors: this.#colors, opacity: (category) => (this.#isShown(category) ? 1 : FILTERED) });
    }
  }

  /** A row from afar: a line through neighbours of one category. */
  #drawLines(context, { first, seats, pitch, radius }, scale) {
    const { x, y, categoryOf } = this.hall;
    const each = Math.max(1, Math.floor(STEP / (pitch * scale)));
    context.lineWidth = 2 * radius;
    context.lineCap = 'round';
    let from = first;
    for (let seat = first + 1; seat <= first + seats; seat += 1) {
      const goesOn = seat < first + seats && categoryOf[seat] === categoryOf[from]
        && Math.hypot(x[seat] - x[seat - 1], y[seat] - y[seat - 1]) < 1.5 * pitch;
      if (goesOn) continue;
      context.beginPath();
      context.moveTo(x[from], y[from]);
      for (let at = from + each; at < seat - 1; at += each) context.lineTo(x[at], y[at]);
      context.lineTo(x[seat - 1], y[seat - 1]);
      context.strokeStyle = this.#colors[categoryOf[from]];
      context.globalAlpha = this.#isShown(categoryOf[from]) ? 1 : FILTERED;
      context.stroke();
      from = seat;
    }
    context.globalAlpha = 1;
  }

  #drawName(context, { text, x, y, size, isUpright }) {
    context.save();
    context.translate(x, y);
    if (isUpright) context.rotate(-Math.PI / 2);
    context.font = `600 ${size}px ${FONT}`;
    context.lineJoin = 'round';
    context.lineWidth = size * 0.22;
    context.strokeStyle = this.theme.paper;
    context.strokeText(text, 0, 0);
    context.fillStyle = this.theme.ink;
    context.fillText(text, 0, 0);
    context.restore();
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
