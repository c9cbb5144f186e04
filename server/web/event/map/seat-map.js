// The seat map: the hall on a canvas, and over it elements for keyboards and screen readers, which
// show nothing. There is one for each section, and from near one for each visible seat.

import { svg } from '../../shared/dom.js';
import { count } from '../../shared/format.js';
import { text } from '../../shared/text.js';
import { grown, PITCH } from '../../hall/hall.js';
import { HallView } from '../../hall/hall-view.js';
import { CloseUp } from './close-up.js';
import { SectionElements } from './section-elements.js';

/** Where more seats than this are visible, they are no elements. */
const MOST_SEATS = 4_000;
/** Room around the visible seats in which seats are elements as well, in units. */
const BEYOND = 4 * PITCH;
/** Milliseconds of a frame in which elements are made. */
const BUDGET_MS = 4;
/** A scale at which seats are easy to hit. */
export const COMFORTABLE = 2.8;
/** Room around a section for its name, in units. */
const NAME = 1.5 * PITCH;
/** Room around seats that the visitor is led to, in units. */
const AROUND = 8 * PITCH;

export class SeatMap {
  state;
  camera;
  /** Called after elements came or went: other elements can have the focus. */
  drawn = () => {};
  #surface;
  #world = svg('svg', { class: 'world' });
  #overlay;
  #view;
  #sections;
  #closeUp;
  #patched = new Set();
  #counted = new Set();
  /** The seat that is an element wherever the camera is, because it is the tab stop. */
  #kept;
  /** Whether the elements are those of another view. */
  #isOld = true;
  /** Whether another frame goes on with making elements. */
  #isWorking = false;

  constructor(surface, overlay) {
    this.#surface = surface;
    this.#overlay = overlay;
    surface.append(this.#world);
    const looks = { lookOf: (seat) => overlay.look(seat), told: (section) => this.#told(section) };
    const canvas = surface.querySelector('canvas');
    this.#view = new HallView(canvas, looks, (isRight) => this.#follow(isRight));
    this.camera = this.#view.camera;
  }

  /** Whether seats cannot be told apart, or are too many. */
  get far() {
    const { left, top, right, bottom } = this.camera.visible();
    return this.#view.far
      || this.#view.index.countAbout([left, top, right, bottom]) > MOST_SEATS;
  }

  /** Draws a state with other sections or rows, all of it. */
  show(state, terms) {
    this.state = state;
    const { hall } = state;
    this.#world.setAttribute('viewBox', `0 0 ${hall.width} ${hall.height}`);
    this.#world.setAttribute('width', hall.width);
    this.#world.setAttribute('height', hall.height);
    this.#sections = new SectionElements(state, this.#world, terms);
    this.#closeUp = new CloseUp({ state, overlay: this.#overlay, terms,
      parents: this.#sections.roots });
    this.#kept = undefined;
    this.#patched.clear();
    this.#counted.clear();
    this.#view.show(hall);
    this.drawNow();
  }

  /** Shows these categories only; undefined for all. */
  filter(categories) {
    this.#view.filter(categories);
  }

  /** Draws the new looks of these seats with the next frame. */
  patch(seats) {
    if (!this.state) return;
    for (const seat of seats) this.#patched.add(seat);
    this.#view.touch(seats);
  }

  /** Draws the new counts of these sections with the next frame. */
  count(sections) {
    for (const section of sections) {
      this.#counted.add(section);
      // Free places for standing are written on the map.
      if (section.standing) this.#view.touchBox(this.#box(section));
    }
  }

  /** The seat at a position on the map, in pixels; undefined where there is none. */
  seatAt(position) {
    return this.#view.seatAt(position);
  }

  /** The section at a position on the map, in pixels; undefined where there is none. */
  sectionAt(position) {
    const seat = this.far ? undefined : this.seatAt(position);
    if (seat !== undefined) return this.state.row(seat).section;
    const section = this.#view.sectionAt(position);
    return section && this.state.sections[section.index];
  }

  /** The element of a seat; undefined if there is none. */
  node(seat) {
    return this.#closeUp.node(seat);
  }

  /** The element of a section. */
  root(section) {
    return this.#sections.roots.get(section);
  }

  /** Makes one seat and one section the only ones that the Tab key reaches. */
  setTabStops(seat, section) {
    this.#kept = seat;
    if (seat !== undefined) this.#closeUp.setTabStop(seat);
    this.#sections.setTabStop(section);
  }

  /** Pans as little as makes a seat visible, or comes so close that it can be seen. */
  goTo(seat) {
    const { x, y } = this.state.hall;
    if (this.far) this.camera.centre(x[seat], y[seat], COMFORTABLE);
    else {
      const [left, top, right, bottom] = this.state.hall.boxOfSeat(seat);
      this.camera.reveal({ x: left, y: top, width: right - left, height: bottom - top });
    }
    this.#kept = seat;
    this.drawNow();
  }

  /** Shows all of a section. */
  showSection(section) {
    this.camera.show(grown(this.#box(section), NAME));
    this.drawNow();
  }

  /** Moves to these seats, unless they can all be seen. */
  showSeats(seats) {
    const [left, top, right, bottom] = this.state.hall.boxOfSeats(seats);
    const seen = this.camera.visible();
    const isSeen = left >= seen.left && right <= seen.right
      && top >= seen.top && bottom <= seen.bottom;
    if (isSeen && !this.far) return;
    this.camera.show(grown([left, top, right, bottom], AROUND));
  }

  /** Makes, changes and removes elements at once; all of them but seats that are not there yet. */
  drawNow() {
    if (!this.state) return;
    this.#place();
    this.#refresh();
    this.#patchElements();
  }

  #box(section) {
    return this.state.hall.sections[section.index].box;
  }

  /** What is written below the name of a section. */
  #told({ index }) {
    const { standing, counts } = this.state.sections[index];
    return standing ? text('free', { free: count(counts.free) }) : undefined;
  }

  /** After a frame: elements move with the canvas, and follow when it rests. */
  #follow(isRight) {
    this.#place();
    if (isRight && this.#isOld) this.#refresh();
    this.#patchElements();
  }

  #place() {
    const { x, y, scale } = this.camera;
    const transform = `matrix(${scale}, 0, 0, ${scale}, ${x}, ${y})`;
    if (this.#world.style.transform === transform) return;
    this.#world.style.transform = transform;
    this.#isOld = true;
  }

  /** Gives the visible seats elements, and takes those of all others. */
  #refresh() {
    this.#isOld = false;
    const { far } = this;
    if (far) this.#closeUp.clear();
    else {
      const { left, top, right, bottom } = this.camera.visible();
      const box = grown([left, top, right, bottom], BEYOND);
      this.#closeUp.want(this.#view.index.seatsIn(box), this.#kept);
      if (this.#kept !== undefined) this.#closeUp.make(this.#kept);
    }
    this.#sections.setRoles(far);
    this.drawn();
    this.#work();
  }

  /** Makes elements of seats while there is time, over as many frames as it takes. */
  #work() {
    const end = performance.now() + BUDGET_MS;
    const isDone = this.#closeUp.work(() => performance.now() < end);
    if (isDone) this.#surface.setAttribute('aria-busy', 'false');
    else if (!this.#isWorking) {
      this.#isWorking = true;
      requestAnimationFrame(() => {
        this.#isWorking = false;
        this.#work();
      });
    }
  }

  #patchElements() {
    this.#closeUp.patch(this.#patched);
    this.#sections.count(this.#counted);
    this.#patched.clear();
    this.#counted.clear();
  }
}
