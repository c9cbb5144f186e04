// The keyboard on the map: one seat (from afar: one section) is the Tab key's stop, and the arrow
// keys move it, as in the ARIA Authoring Practices' grid.

import { PITCH } from './layout.js';
import { FREE } from '../state/event-state.js';

const PAGE_ROWS = 5;

export class KeyboardNavigation {
  #map;
  #act;
  #seat;
  #section;
  /** Whether the focus was last on something of the map. */
  #hadFocus = false;

  /** `act` has `seat(seat)` and `section(section)`, for Enter. */
  constructor(surface, map, act) {
    this.#map = map;
    this.#act = act;
    // Not on the surface itself: Chromium lets the Tab key stop at an SVG that listens to focus.
    const around = surface.parentElement;
    around.addEventListener('keydown', (event) => this.#press(event));
    around.addEventListener('focusin', (event) => this.#follow(event.target));
    map.drawn = () => this.refresh();
  }

  /** Another state is shown. */
  reset() {
    const { state } = this.#map;
    this.#seat = firstFree(state.seated[0]?.rows ?? [], state);
    [this.#section] = state.sections;
    this.refresh();
  }

  /** Sets the tab stops, and hands the focus on where what had it is not drawn any more. */
  refresh() {
    const { far } = this.#map;
    const focused = document.activeElement;
    this.#map.setTabStops(this.#seat, this.#isStop(this.#section) ? this.#section : undefined);
    const lost = far && this.#seat !== undefined && this.#hadFocus && focused === document.body;
    if (lost) this.#map.root(this.#section).focus();
  }

  /** Brings the keyboard to a seat. */
  goTo(seat) {
    this.#seat = seat;
    this.#section = this.#map.state.row(seat).section;
    this.#map.setTabStops(seat, undefined);
    if (this.#map.far) this.#map.goTo(seat);
    else this.#map.camera.reveal(this.#map.box(seat));
    this.#map.drawNow();
    this.#map.setTabStops(seat, undefined);
    this.#map.node(seat)?.focus({ preventScroll: true });
  }

  /** Brings the keyboard to a section's first free seat. */
  enter(section) {
    const seat = firstFree(section.rows, this.#map.state);
    if (seat !== undefined) this.goTo(seat);
  }

  #follow(target) {
    const { state } = this.#map;
    const { seat, section } = target.dataset;
    this.#hadFocus = seat !== undefined || section !== undefined;
    if (seat !== undefined) {
      this.#seat = state.find(seat);
      this.#section = state.row(this.#seat).section;
    } else if (section !== undefined) {
      this.#section = state.section(section);
    }
    this.refresh();
  }

  #isStop(section) {
    return section !== undefined && (this.#map.far || section.standing);
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    const done = this.#zoom(event.key) || (target.dataset.seat
      ? this.#pressOnSeat(event.key)
      : target.dataset.section ? this.#pressOnSection(event.key) : false);
    if (done) event.preventDefault();
  }

  #zoom(key) {
    const { camera } = this.#map;
    const factor = { '+': 1.4, '=': 1.4, '-': 1 / 1.4 }[key];
    if (factor) camera.zoom(factor);
    else if (key === '0') camera.showAll();
    else return false;
    this.#map.drawNow();
    if (this.#map.far) this.#map.root(this.#section).focus({ preventScroll: true });
    else if (this.#map.state.row(this.#seat).section === this.#section) this.goTo(this.#seat);
    else this.enter(this.#section);
    return true;
  }

  #pressOnSeat(key) {
    const row = this.#map.state.row(this.#seat);
    const moved = {
      ArrowLeft: () => this.#along(-1),
      ArrowRight: () => this.#along(1),
      ArrowUp: () => this.#across(-1),
      ArrowDown: () => this.#across(1),
      PageUp: () => this.#across(-PAGE_ROWS),
      PageDown: () => this.#across(PAGE_ROWS),
      Home: () => row.first,
      End: () => row.first + row.seats - 1,
    }[key];
    if (moved) this.goTo(moved());
    else if (key === 'Enter' || key === ' ') this.#act.seat(this.#seat);
    else if (key === 'Escape') document.querySelector('#sections-list button')?.focus();
    else return false;
    return true;
  }

  #pressOnSection(key) {
    const { sections } = this.#map.state;
    const stops = sections.filter((section) => this.#isStop(section));
    const at = stops.indexOf(this.#section);
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[key];
    if (step) {
      const section = stops[Math.min(stops.length - 1, Math.max(0, at + step))];
      this.#map.root(section).focus({ preventScroll: true });
    } else if (key === 'Enter' || key === ' ') {
      this.#act.section(this.#section);
    } else {
      return false;
    }
    return true;
  }

  /** The seat beside, within its row. */
  #along(step) {
    const row = this.#map.state.row(this.#seat);
    return Math.min(row.first + row.seats - 1, Math.max(row.first, this.#seat + step));
  }

  /** The seat that is nearest in another row: before, behind, or of the next seated section. */
  #across(step) {
    const { state, layout } = this.#map;
    const row = state.row(this.#seat);
    const index = Math.min(state.rows.length - 1, Math.max(0, row.index + step));
    const other = state.rows[index];
    const { x } = layout.corner(this.#seat);
    const number = Math.round((x - layout.rowLeft(other)) / PITCH);
    return other.first + Math.min(other.seats - 1, Math.max(0, number));
  }
}

function firstFree(rows, state) {
  for (const { first, seats } of rows) {
    const free = state.seatStates.subarray(first, first + seats).indexOf(FREE);
    if (free >= 0) return first + free;
  }
  return rows[0]?.first;
}
