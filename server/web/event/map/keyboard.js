// The keyboard on the map. The Tab key reaches one seat, or one section from afar; the arrow keys
// move from there, as in the grid pattern of the ARIA Authoring Practices.

import { zoomByKey } from '../../hall/camera-keys.js';
import { firstFree, seatAfter } from './seat-moves.js';

export class KeyboardNavigation {
  #map;
  #act;
  #seat;
  #section;
  /** Whether the focus was last on an element of the map. */
  #hadFocus = false;

  /** `act` has `seat(seat)` and `section(section)`, for Enter. */
  constructor(surface, map, act) {
    this.#map = map;
    this.#act = act;
    const around = surface.parentElement;
    around.addEventListener('keydown', (event) => this.#press(event));
    around.addEventListener('focusin', (event) => this.#follow(event.target));
    map.drawn = () => this.refresh();
  }

  /** The map shows other sections or rows. */
  reset() {
    const { state } = this.#map;
    this.#seat = firstFree(state.seated[0]?.rows ?? [], state);
    [this.#section] = state.sections;
    this.refresh();
  }

  /** Sets the tab stops. A focused seat that is not drawn any more hands focus to its section. */
  refresh() {
    const { far } = this.#map;
    const focused = document.activeElement;
    this.#map.setTabStops(this.#seat, this.#isStop(this.#section) ? this.#section : undefined);
    const lost = far && this.#seat !== undefined && this.#hadFocus && focused === document.body;
    if (lost) this.#map.root(this.#section)?.focus({ preventScroll: true });
  }

  /** Focuses a seat, and moves the camera to it if need be. */
  goTo(seat) {
    this.#seat = seat;
    this.#section = this.#map.state.row(seat).section;
    this.#map.setTabStops(seat, undefined);
    this.#map.goTo(seat);
    this.#map.setTabStops(seat, undefined);
    this.#map.node(seat)?.focus({ preventScroll: true });
  }

  /** Focuses a section's first free seat. */
  enter(section) {
    const seat = firstFree(section.rows, this.#map.state);
    if (seat !== undefined) this.goTo(seat);
  }

  /** Shows all of a section, and focuses its first free seat, or from afar the section. */
  visit(section) {
    this.#map.showSection(section);
    this.#section = section;
    const seat = this.#map.far ? undefined : firstFree(section.rows, this.#map.state);
    this.#seat = seat ?? this.#seat;
    this.refresh();
    this.#map.drawNow();
    const node = seat === undefined ? this.#map.root(section) : this.#map.node(seat);
    node?.focus({ preventScroll: true });
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
    if (!zoomByKey(this.#map.camera, key)) return false;
    this.#map.drawNow();
    if (this.#map.far) this.#map.root(this.#section).focus({ preventScroll: true });
    else if (this.#map.state.row(this.#seat).section === this.#section) this.goTo(this.#seat);
    else this.enter(this.#section);
    return true;
  }

  #pressOnSeat(key) {
    const seat = seatAfter(key, this.#seat, this.#map.state);
    if (seat !== undefined) this.goTo(seat);
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
}
