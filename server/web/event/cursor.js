// The keyboard on the map: one seat (from afar: one section) is the Tab key's stop, and the arrow
// keys move it, as in the ARIA Authoring Practices' grid.

import { PITCH } from './ground.js';
import { FREE } from './house.js';

const PAGE_ROWS = 5;

export class Cursor {
  #plan;
  #act;
  #seat;
  #section;
  /** Whether the focus was last on something of the map. */
  #hadFocus = false;

  /** `act` has `seat(seat)` and `section(section)`, for Enter. */
  constructor(surface, plan, act) {
    this.#plan = plan;
    this.#act = act;
    // Not on the surface itself: Chromium lets the Tab key stop at an SVG that listens to focus.
    const around = surface.parentElement;
    around.addEventListener('keydown', (event) => this.#press(event));
    around.addEventListener('focusin', (event) => this.#follow(event.target));
    plan.drawn = () => this.refresh();
  }

  /** Another house is shown. */
  reset() {
    const { house } = this.#plan;
    this.#seat = firstFree(house.seated[0]?.rows ?? [], house);
    [this.#section] = house.sections;
    this.refresh();
  }

  /** Sets the tab stops, and hands the focus on where what had it is not drawn any more. */
  refresh() {
    const { far } = this.#plan;
    const focused = document.activeElement;
    this.#plan.setTabStops(this.#seat, this.#isStop(this.#section) ? this.#section : undefined);
    const lost = far && this.#seat !== undefined && this.#hadFocus && focused === document.body;
    if (lost) this.#plan.root(this.#section).focus();
  }

  /** Brings the keyboard to a seat. */
  goTo(seat) {
    this.#seat = seat;
    this.#section = this.#plan.house.row(seat).section;
    this.#plan.setTabStops(seat, undefined);
    if (this.#plan.far) this.#plan.goTo(seat);
    else this.#plan.camera.reveal(this.#plan.box(seat));
    this.#plan.drawNow();
    this.#plan.setTabStops(seat, undefined);
    this.#plan.node(seat)?.focus({ preventScroll: true });
  }

  /** Brings the keyboard to a section's first free seat. */
  enter(section) {
    const seat = firstFree(section.rows, this.#plan.house);
    if (seat !== undefined) this.goTo(seat);
  }

  #follow(target) {
    const { house } = this.#plan;
    const { seat, section } = target.dataset;
    this.#hadFocus = seat !== undefined || section !== undefined;
    if (seat !== undefined) {
      this.#seat = house.find(seat);
      this.#section = house.row(this.#seat).section;
    } else if (section !== undefined) {
      this.#section = house.section(section);
    }
    this.refresh();
  }

  #isStop(section) {
    return section !== undefined && (this.#plan.far || section.standing);
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
    const { camera } = this.#plan;
    const factor = { '+': 1.4, '=': 1.4, '-': 1 / 1.4 }[key];
    if (factor) camera.zoom(factor);
    else if (key === '0') camera.showAll();
    else return false;
    this.#plan.drawNow();
    if (this.#plan.far) this.#plan.root(this.#section).focus({ preventScroll: true });
    else if (this.#plan.house.row(this.#seat).section === this.#section) this.goTo(this.#seat);
    else this.enter(this.#section);
    return true;
  }

  #pressOnSeat(key) {
    const row = this.#plan.house.row(this.#seat);
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
    const { sections } = this.#plan.house;
    const stops = sections.filter((section) => this.#isStop(section));
    const at = stops.indexOf(this.#section);
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[key];
    if (step) {
      const section = stops[Math.min(stops.length - 1, Math.max(0, at + step))];
      this.#plan.root(section).focus({ preventScroll: true });
    } else if (key === 'Enter' || key === ' ') {
      this.#act.section(this.#section);
    } else {
      return false;
    }
    return true;
  }

  /** The seat beside, within its row. */
  #along(step) {
    const row = this.#plan.house.row(this.#seat);
    return Math.min(row.first + row.seats - 1, Math.max(row.first, this.#seat + step));
  }

  /** The seat that is nearest in another row: before, behind, or of the next seated section. */
  #across(step) {
    const { house, ground } = this.#plan;
    const row = house.row(this.#seat);
    const index = Math.min(house.rows.length - 1, Math.max(0, row.index + step));
    const other = house.rows[index];
    const { x } = ground.corner(this.#seat);
    const number = Math.round((x - ground.rowLeft(other)) / PITCH);
    return other.first + Math.min(other.seats - 1, Math.max(0, number));
  }
}

function firstFree(rows, house) {
  for (const { first, seats } of rows) {
    const free = house.states.subarray(first, first + seats).indexOf(FREE);
    if (free >= 0) return first + free;
  }
  return rows[0]?.first;
}
