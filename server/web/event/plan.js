// The plan on the screen. The camera decides what is drawn, and how: seats one by one where they
// are large enough to be told apart, and few enough to be drawn; a mosaic of them otherwise.
// Everything is drawn at most once a frame.

import { svg } from '/web/shared/dom.js';
import { Blocks } from './blocks.js';
import { Camera } from './camera.js';
import { Ground, PITCH } from './ground.js';
import { Mosaic } from './mosaic.js';
import { Seats } from './seats.js';

/** Smaller seats than this, in pixels, are not drawn one by one. */
const SMALLEST_SEAT_PX = 9;
/** Nor are more than this. */
const MOST_SEATS = 4_000;
/** The scale at which seats are comfortably pointed at. */
export const COMFORTABLE = 2.8;

export class Plan {
  house;
  ground;
  camera;
  /** Whether seats are too small to be drawn one by one. */
  far = true;
  /** Called after a draw that changed what can be focused. */
  drawn = () => {};
  #surface;
  #world = svg('g', { class: 'world' });
  #look;
  #blocks;
  #mosaic;
  #seats;
  #frame = 0;
  #moved = true;
  #patched = new Set();
  #counted = new Set();
  #kept;

  /** `look` says how a seat looks (`of`) and whether it is the visitor's (`isOwn`). */
  constructor(surface, look) {
    this.#surface = surface;
    this.#look = look;
    surface.append(this.#world);
    this.camera = new Camera(() => {
      this.#moved = true;
      this.#schedule();
    });
    new ResizeObserver(([{ contentRect }]) => {
      this.camera.resize(contentRect.width, contentRect.height);
    }).observe(surface);
  }

  /** Shows a house, all of it. */
  show(house, currency) {
    this.house = house;
    this.ground = new Ground(house);
    this.#world.replaceChildren();
    this.#blocks = new Blocks(this.ground, this.#world, currency);
    const { parents } = this.#blocks;
    const parts = { house, ground: this.ground, look: this.#look, currency, parents };
    this.#mosaic = new Mosaic(parts);
    this.#seats = new Seats(parts);
    this.#kept = undefined;
    const box = this.#surface.getBoundingClientRect();
    this.camera.resize(box.width, box.height);
    this.camera.lookAt(this.ground);
    this.drawNow();
    this.#surface.setAttribute('aria-busy', 'false');
  }

  /** These seats look different now. */
  patch(seats) {
    for (const seat of seats) this.#patched.add(seat);
    this.#schedule();
  }

  /** These sections have other counts now. */
  count(sections) {
    for (const section of sections) this.#counted.add(section);
    this.#schedule();
  }

  /** The element of a seat, if it is drawn. */
  node(seat) {
    return this.far ? undefined : this.#seats.node(seat);
  }

  /** The element of a section. */
  root(section) {
    return this.#blocks.root(section);
  }

  /** The one seat and the one section that the Tab key comes to. The seat stays drawn. */
  setTabStops(seat, section) {
    this.#kept = seat;
    if (seat !== undefined) this.#seats.setTabStop(seat);
    this.#blocks.setTabStop(section);
  }

  /** The box of a seat. */
  box(seat) {
    return { ...this.ground.corner(seat), width: PITCH, height: PITCH };
  }

  /** Moves the camera so close to a seat that it is drawn. */
  goTo(seat) {
    const { x, y } = this.ground.corner(seat);
    this.camera.centre(x + PITCH / 2, y + PITCH / 2, COMFORTABLE);
    this.drawNow();
  }

  /** Draws now what would be drawn with the next frame. */
  drawNow() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (!this.house) return;
    if (this.#moved) this.#drawAll();
    const patched = [...this.#patched];
    if (this.far) this.#mosaic.patch(patched);
    else this.#seats.patch(patched);
    this.#blocks.patch(this.#counted);
    this.#patched.clear();
    this.#counted.clear();
  }

  #schedule() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.drawNow());
  }

  #drawAll() {
    this.#moved = false;
    const { camera } = this;
    const { x, y, scale } = camera;
    const seen = camera.seen();
    this.#world.setAttribute('transform', `translate(${x} ${y}) scale(${scale})`);
    this.far = this.#isFar(seen, scale);
    if (this.far) {
      this.#seats.clear();
      this.#mosaic.draw(seen, scale);
    } else {
      this.#mosaic.clear();
      this.#seats.draw(seen, this.#kept);
    }
    this.#blocks.scale(scale, this.far);
    this.drawn();
  }

  #isFar(seen, scale) {
    if (PITCH * scale < SMALLEST_SEAT_PX) return true;
    let seats = 0;
    for (const [, from, to] of Seats.seen(this.ground, seen)) {
      seats += to - from;
      if (seats > MOST_SEATS) return true;
    }
    return false;
  }
}
