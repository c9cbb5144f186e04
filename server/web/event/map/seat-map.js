// The map on the screen. The camera decides what is drawn, and how: seats one by one where they
// are large enough to be told apart, and few enough to be drawn; an overview of them otherwise.
// Everything is drawn at most once a frame.

import { svg } from '../../shared/dom.js';
import { SectionBlocks } from './section-blocks.js';
import { Camera } from './camera.js';
import { MapLayout, PITCH } from './layout.js';
import { Overview } from './overview.js';
import { CloseUp } from './close-up.js';

/** Smaller seats than this, in pixels, are not drawn one by one. */
const SMALLEST_SEAT_PX = 9;
/** Nor are more than this. */
const MOST_SEATS = 4_000;
/** The scale at which seats are comfortably pointed at. */
export const COMFORTABLE = 2.8;

export class SeatMap {
  state;
  layout;
  camera;
  /** Whether seats are too small to be drawn one by one. */
  far = true;
  /** Called after a draw that changed what can be focused. */
  drawn = () => {};
  #surface;
  #world = svg('g', { class: 'world' });
  #overlay;
  #blocks;
  #overview;
  #closeUp;
  #frame = 0;
  #moved = true;
  #patched = new Set();
  #counted = new Set();
  #kept;

  /** `overlay` says how a seat looks and whether it is the visitor's (`isOwn`). */
  constructor(surface, overlay) {
    this.#surface = surface;
    this.#overlay = overlay;
    surface.append(this.#world);
    this.camera = new Camera(() => {
      this.#moved = true;
      this.#schedule();
    });
    new ResizeObserver(([{ contentRect }]) => {
      this.camera.resize(contentRect.width, contentRect.height);
    }).observe(surface);
  }

  /** Shows a state, all of it. */
  show(state, currency) {
    this.state = state;
    this.layout = new MapLayout(state);
    this.#world.replaceChildren();
    this.#blocks = new SectionBlocks(this.layout, this.#world, currency);
    const { parents } = this.#blocks;
    const parts = { state, layout: this.layout, overlay: this.#overlay, currency, parents };
    this.#overview = new Overview(parts);
    this.#closeUp = new CloseUp(parts);
    this.#kept = undefined;
    const box = this.#surface.getBoundingClientRect();
    this.camera.resize(box.width, box.height);
    this.camera.lookAt(this.layout);
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
    return this.far ? undefined : this.#closeUp.node(seat);
  }

  /** The element of a section. */
  root(section) {
    return this.#blocks.root(section);
  }

  /** The one seat and the one section that the Tab key comes to. The seat stays drawn. */
  setTabStops(seat, section) {
    this.#kept = seat;
    if (seat !== undefined) this.#closeUp.setTabStop(seat);
    this.#blocks.setTabStop(section);
  }

  /** The box of a seat. */
  box(seat) {
    return { ...this.layout.corner(seat), width: PITCH, height: PITCH };
  }

  /** Moves the camera so close to a seat that it is drawn. */
  goTo(seat) {
    const { x, y } = this.layout.corner(seat);
    this.camera.centre(x + PITCH / 2, y + PITCH / 2, COMFORTABLE);
    this.drawNow();
  }

  /** Draws now what would be drawn with the next frame. */
  drawNow() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (!this.state) return;
    if (this.#moved) this.#drawAll();
    const patched = [...this.#patched];
    if (this.far) this.#overview.patch(patched);
    else this.#closeUp.patch(patched);
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
      this.#closeUp.clear();
      this.#overview.draw(seen, scale);
    } else {
      this.#overview.clear();
      this.#closeUp.draw(seen, this.#kept);
    }
    this.#blocks.scale(scale, this.far);
    this.drawn();
  }

  #isFar(seen, scale) {
    if (PITCH * scale < SMALLEST_SEAT_PX) return true;
    let seats = 0;
    for (const [, from, to] of CloseUp.seen(this.layout, seen)) {
      seats += to - from;
      if (seats > MOST_SEATS) return true;
    }
    return false;
  }
}
