// A hall on a canvas that can be moved and zoomed.

import { Camera, CLOSEST } from './camera.js';
import { grown, PITCH } from './hall.js';
import { HallPainter } from './painter.js';
import { Picture } from './picture.js';
import { SeatIndex } from './seat-index.js';
import { themeOf } from './theme.js';

/** Seats smaller than this, in pixels, are hard to tell apart. */
const SMALLEST_SEAT_PX = 9;
/** How far beside a section a click still means it, in units. */
const NEARBY = PITCH;
/** Where more seats than these change at once, everything is painted again. */
const MANY_SEATS = 2_000;

export class HallView {
  camera;
  hall;
  index;
  #canvas;
  #looks;
  #drawn;
  #painter;
  #picture;
  #isAsked = false;

  /**
   * `looks` has `lookOf` and `told`, as those of a painter. `drawn` is called after each frame, and
   * hears whether it shows what it should.
   */
  constructor(canvas, looks = {}, drawn = () => {}) {
    this.#canvas = canvas;
    this.#looks = looks;
    this.#drawn = drawn;
    // A finger hits a seat of a small hall at once.
    const isCoarse = matchMedia('(pointer: coarse)').matches;
    this.camera = new Camera(() => this.#ask(), isCoarse ? CLOSEST : undefined);
    new ResizeObserver(() => this.#resize()).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#dress());
  }

  /** Shows a hall, all of it. */
  show(hall) {
    this.hall = hall;
    this.index = new SeatIndex(hall);
    const pen = document.createElement('canvas').getContext('2d');
    this.#painter = new HallPainter(hall, this.index, pen, this.#looks);
    this.#picture = new Picture(this.#canvas, this.#painter);
    this.#resize();
    this.camera.lookAt(hall);
    this.#dress();
  }

  /** Whether seats are too small to be told apart. */
  get far() {
    return PITCH * this.camera.scale < SMALLEST_SEAT_PX;
  }

  /** Shows these categories only; undefined for all. */
  filter(categories) {
    this.#painter.shown = categories;
    this.#repaint();
  }

  /** These seats look different. */
  touch(seats) {
    if (!this.#picture) return;
    if (seats.length > MANY_SEATS) this.#repaint();
    else for (const seat of seats) this.touchBox(this.hall.boxOfSeat(seat));
  }

  /** What is in a box of the hall looks different. */
  touchBox(box) {
    this.#picture.touch(box);
    this.#ask();
  }

  /** The seat at a position on the canvas, in pixels; undefined where there is none. */
  seatAt(position) {
    const { x, y } = this.camera.toMap(position.x, position.y);
    return this.index.seatAt(x, y);
  }

  /** The section at a position on the canvas, in pixels; undefined where there is none. */
  sectionAt(position) {
    const { x, y } = this.camera.toMap(position.x, position.y);
    const inside = this.hall.sections.find(({ outline }) => outline && contains(outline, x, y));
    if (inside) return inside;
    let [nearest, least] = [undefined, Infinity];
    for (const seat of this.index.seatsIn(grown([x, y, x, y], NEARBY))) {
      const distance = Math.hypot(this.hall.x[seat] - x, this.hall.y[seat] - y);
      if (distance < least) [nearest, least] = [seat, distance];
    }
    return nearest === undefined ? undefined : this.hall.row(nearest).section;
  }

  #dress() {
    if (!this.#painter) return;
    const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
    this.#painter.theme = themeOf(this.#canvas, isDark);
    this.#repaint();
  }

  #repaint() {
    this.#picture.repaint();
    this.#ask();
  }

  #resize() {
    const { clientWidth, clientHeight } = this.#canvas;
    this.#canvas.width = Math.round(clientWidth * devicePixelRatio);
    this.#canvas.height = Math.round(clientHeight * devicePixelRatio);
    this.camera.resize(clientWidth, clientHeight);
    this.#ask();
  }

  #ask() {
    if (!this.#picture) return;
    this.#canvas.dataset.painted = 'no';
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    const { isRight, isDone } = this.#picture.draw(this.camera, devicePixelRatio);
    this.#canvas.dataset.painted = isRight ? 'yes' : 'no';
    this.#isAsked = !isDone;
    if (!isDone) requestAnimationFrame(() => this.#draw());
    this.#drawn(isRight);
  }
}

/** Whether a polygon contains a point (even-odd rule). */
export function contains(corners, x, y) {
  let isIn = false;
  for (let at = 0; at + 1 < corners.length; at += 2) {
    const [ax, ay] = [corners[at], corners[at + 1]];
    const next = (at + 2) % corners.length;
    const [bx, by] = [corners[next], corners[next + 1]];
    const crosses = ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax;
    if (crosses) isIn = !isIn;
  }
  return isIn;
}
