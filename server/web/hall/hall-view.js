// A hall on a canvas that can be moved and zoomed.

import { Camera, CLOSEST } from './camera.js';
import { PITCH } from './hall.js';
import { HallPainter } from './painter.js';
import { Picture } from './picture.js';
import { SeatIndex } from './seat-index.js';
import { themeOf } from './theme.js';

/** Seats smaller than this, in pixels, are hard to tell apart. */
const SMALLEST_SEAT_PX = 9;
/** How far beside a section a click still means it, in units. */
const NEARBY = PITCH;

export class HallView {
  camera;
  #canvas;
  #hall;
  #painter;
  #picture;
  #index;
  #isAsked = false;

  constructor(canvas, hall) {
    this.#canvas = canvas;
    this.#hall = hall;
    this.#index = new SeatIndex(hall);
    const pen = document.createElement('canvas').getContext('2d');
    this.#painter = new HallPainter(hall, this.#index, pen);
    this.#picture = new Picture(canvas, this.#painter);
    const isCoarse = matchMedia('(pointer: coarse)').matches;
    this.camera = new Camera(() => this.#ask(), isCoarse ? CLOSEST : undefined);
    this.camera.lookAt(hall);
    new ResizeObserver(() => this.#resize()).observe(canvas);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const choose = () => {
      this.#painter.theme = themeOf(canvas, dark.matches);
      this.#repaint();
    };
    dark.addEventListener('change', choose);
    choose();
    this.#resize();
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

  /** The seat at a position on the canvas, in pixels; undefined where there is none. */
  seatAt(position) {
    const { x, y } = this.camera.toMap(position.x, position.y);
    return this.#index.seatAt(x, y);
  }

  /** The section at a position on the canvas, in pixels; undefined where there is none. */
  sectionAt(position) {
    const { x, y } = this.camera.toMap(position.x, position.y);
    const inside = this.#hall.sections.find(({ outline }) => outline && contains(outline, x, y));
    if (inside) return inside;
    let [nearest, least] = [undefined, Infinity];
    const around = [x - NEARBY, y - NEARBY, x + NEARBY, y + NEARBY];
    for (const seat of this.#index.seatsIn(around)) {
      const distance = Math.hypot(this.#hall.x[seat] - x, this.#hall.y[seat] - y);
      if (distance < least) [nearest, least] = [seat, distance];
    }
    return nearest === undefined ? undefined : this.#hall.row(nearest).section;
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
