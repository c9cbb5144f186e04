// The seat map. It is drawn as a close-up where seats are large enough to be told apart and few
// enough to be drawn, and as an overview otherwise. It is drawn at most once a frame.

import { svg } from '../../shared/dom.js';
import { Camera, CLOSEST } from '../../hall/camera.js';
import { CloseUp } from './close-up.js';
import { MapLayout, PITCH } from './layout.js';
import { Overview } from './overview.js';
import { SectionBlocks } from './section-blocks.js';

/** Seats smaller than this, in pixels, are drawn as an overview. */
const SMALLEST_SEAT_PX = 9;
/** More seats than this are drawn as an overview. */
const MOST_SEATS = 4_000;
/** A scale at which seats are easy to hit. */
export const COMFORTABLE = 2.8;

export class SeatMap {
  state;
  layout;
  camera;
  /** Whether the map is drawn as an overview. */
  far = true;
  /** Called after everything was drawn anew: other elements can have the focus. */
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
  /** The seat that is drawn wherever the camera is, because it is the tab stop. */
  #kept;

  constructor(surface, overlay) {
    this.#surface = surface;
    this.#overlay = overlay;
    surface.append(this.#world);
    const moved = () => {
      this.#moved = true;
      this.#schedule();
    };
    // A finger hits a seat of a small hall at once.
    this.camera = new Camera(moved, matchMedia('(pointer: coarse)').matches ? CLOSEST : undefined);
    new ResizeObserver(([{ contentRect }]) => {
      this.camera.resize(contentRect.width, contentRect.height);
    }).observe(surface);
  }

  /** Draws a state with other sections or rows, all of it. */
  show(state, terms) {
    this.state = state;
    this.layout = new MapLayout(state);
    this.#world.replaceChildren();
    this.#blocks = new SectionBlocks(this.layout, this.#world, terms);
    const { parents } = this.#blocks;
    const parts = { state, layout: this.layout, overlay: this.#overlay, terms, parents };
    this.#overview = new Overview(parts);
    this.#closeUp = new CloseUp(parts);
    this.#kept = undefined;
    const box = this.#surface.getBoundingClientRect();
    this.camera.resize(box.width, box.height);
    this.camera.lookAt(this.layout);
    this.drawNow();
    this.#surface.setAttribute('aria-busy', 'false');
  }

  /** Draws the new looks of these seats with the next frame. */
  patch(seats) {
    for (const seat of seats) this.#patched.add(seat);
    this.#schedule();
  }

  /** Draws the new counts of these sections with the next frame. */
  count(sections) {
    for (const section of sections) this.#counted.add(section);
    this.#schedule();
  }

  /** The element of a seat; undefined if it is not drawn. */
  node(seat) {
    return this.far ? undefined : this.#closeUp.node(seat);
  }

  /** The element of a section. */
  root(section) {
    return this.#blocks.root(section);
  }

  /** Makes one seat and one section the only ones that the Tab key reaches. */
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

  /** Draws at once what would be drawn with the next frame. */
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
    const visible = camera.visible();
    this.#world.setAttribute('transform', `translate(${x} ${y}) scale(${scale})`);
    this.far = this.#isFar(visible, scale);
    if (this.far) {
      this.#closeUp.clear();
      this.#overview.draw(visible, scale);
    } else {
      this.#overview.clear();
      this.#closeUp.draw(visible, this.#kept);
    }
    this.#blocks.scale(scale, this.far);
    this.drawn();
  }

  #isFar(visible, scale) {
    if (PITCH * scale < SMALLEST_SEAT_PX) return true;
    let seats = 0;
    for (const [, from, to] of this.layout.seatsIn(visible)) {
      seats += to - from;
      if (seats > MOST_SEATS) return true;
    }
    return false;
  }
}
