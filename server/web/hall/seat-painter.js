// Paints the seats of a row one by one. What is special about a seat shows in its shape: an
// accessible one is a square with a thick edge, a companion's has a thin edge, a restricted view is
// hollow. A seat that is not free shows its look instead.

import { ACCESSIBLE, COMPANION, RESTRICTED } from './hall.js';
import { drawLook } from './looks.js';
import { FONT, inkOn } from './theme.js';

/** Pixels of a seat's width from which it is round, and its row has a label. */
const ROUND = 6;
const LABELLED = 9;
/** Sizes of text in pixels: the smallest that is written, and that of a row's label. */
const SMALLEST = 7.5;
const LABEL = 9;
/** The size of a number, as a share of the seat's width, and the width of a digit of size 1. */
const NUMBER = 0.45;
const DIGIT = 0.62;
/** A row of fewer seats has its label at one end: others may begin where it ends. */
const SHORT = 8;
/** A round table is labelled in its middle: its last seat is so near to its first. */
const CLOSED = 2.2;

export class SeatPainter {
  #hall;

  constructor(hall) {
    this.#hall = hall;
  }

  /**
   * Draws the seats of a row that are in a box. `scale` is in pixels a unit, `lookOf` says how a
   * seat looks, `colorOf` which colour a category has, and `opacity` how opaque it is.
   */
  draw(context, row, view) {
    const { first, seats, radius } = row;
    const width = 2 * radius * view.scale;
    const inBox = boxTest(this.#hall, radius, view.box);
    let seat = first;
    while (seat < first + seats) {
      if (!inBox(seat)) {
        seat += 1;
        continue;
      }
      const look = view.lookOf(seat);
      const end = this.#alike(seat, first + seats, inBox, (other) => view.lookOf(other) === look);
      context.globalAlpha = view.opacity(this.#hall.categoryOf[seat]);
      if (look === 'free') this.#drawAlike(context, seat, end, radius, width, view);
      else {
        const isSquare = width < ROUND || this.#hall.marks[seat] & ACCESSIBLE;
        drawLook(context, this.#hall, { from: seat, end, radius, look, isSquare,
          isSmall: width < ROUND, theme: view.theme });
      }
      context.globalAlpha = 1;
      seat = end;
    }
    if (width >= LABELLED) {
      this.#numbers(context, row, width, inBox, view);
      this.#rowLabels(context, row, view);
    }
  }

  /** The end of the seats from this one on that look the same. */
  #alike(from, end, inBox, looksSo) {
    const { categoryOf, marks } = this.#hall;
    let seat = from + 1;
    while (seat < end && categoryOf[seat] === categoryOf[from] && marks[seat] === marks[from]
      && looksSo(seat) && inBox(seat)) seat += 1;
    return seat;
  }

  /** Seats that look the same are one path: a browser fills it at once. */
  #drawAlike(context, from, end, radius, width, { colorOf, theme }) {
    const { x, y, categoryOf, marks } = this.#hall;
    const mark = marks[from];
    const isSquare = width < ROUND || mark & ACCESSIBLE;
    const isHollow = mark & RESTRICTED && width >= ROUND;
    const line = isHollow ? 0.36 * radius : mark & ACCESSIBLE ? 0.34 * radius : 0.16 * radius;
    const reach = isHollow || mark ? radius - line / 2 : radius;
    context.beginPath();
    for (let seat = from; seat < end; seat += 1) {
      if (isSquare) context.rect(x[seat] - reach, y[seat] - reach, 2 * reach, 2 * reach);
      else {
        context.moveTo(x[seat] + reach, y[seat]);
        context.arc(x[seat], y[seat], reach, 0, 2 * Math.PI);
      }
    }
    const color = colorOf(categoryOf[from]);
    context.fillStyle = isHollow ? theme.paper : color;
    context.fill();
    context.lineWidth = line;
    if (isHollow || mark & (ACCESSIBLE | COMPANION)) {
      context.strokeStyle = mark & (ACCESSIBLE | COMPANION) ? theme.ink : color;
      context.stroke();
    }
  }

  #numbers(context, { first, seats, labels, radius }, width, inBox, view) {
    const { colorOf, opacity, theme, lookOf } = view;
    const { x, y, categoryOf, marks } = this.#hall;
    for (let seat = first; seat < first + seats; seat += 1) {
      if (!inBox(seat) || lookOf(seat) !== 'free') continue;
      const number = labels[seat - first];
      const share = Math.min(NUMBER, 0.86 / (DIGIT * number.length));
      if (share * width < SMALLEST) continue;
      context.font = `${2 * radius * share}px ${FONT}`;
      context.globalAlpha = opacity(categoryOf[seat]);
      context.fillStyle = marks[seat] & RESTRICTED ? theme.ink : inkOn(colorOf(categoryOf[seat]));
      context.fillText(number, x[seat], y[seat]);
    }
    context.globalAlpha = 1;
  }

  /** The row's label beside its ends, or in the middle of a round table. */
  #rowLabels(context, row, { scale, theme }) {
    const { label, first, seats, radius, pitch } = row;
    const { x, y } = this.#hall;
    const last = first + seats - 1;
    context.fillStyle = theme.ink;
    if (seats > 2 && Math.hypot(x[last] - x[first], y[last] - y[first]) < CLOSED * pitch) {
      const [left, top, right, bottom] = row.box;
      const size = Math.min(1.2 * radius, (right - left - 4 * radius) / (DIGIT * label.length));
      context.font = `${size}px ${FONT}`;
      if (size * scale >= SMALLEST) context.fillText(label, (left + right) / 2, (top + bottom) / 2);
      return;
    }
    context.font = `${Math.max(1.2 * radius, LABEL / scale)}px ${FONT}`;
    for (const [end, next] of [[first, first + 1], [last, last - 1]]) {
      const inner = seats > 1 ? [x[next], y[next]] : [x[end] + 1, y[end]];
      const length = Math.hypot(x[end] - inner[0], y[end] - inner[1]) || 1;
      const out = (2.6 * radius) / length;
      context.fillText(label, x[end] + (x[end] - inner[0]) * out,
        y[end] + (y[end] - inner[1]) * out);
      if (seats < SHORT) return;
    }
  }
}

const boxTest = ({ x, y }, radius, { left, top, right, bottom }) => (seat) =>
  x[seat] + radius >= left && x[seat] - radius <= right
  && y[seat] + radius >= top && y[seat] - radius <= bottom;
