// Clicks and taps on the map: a seat is chosen, a place from afar is zoomed in on; and the buttons.

import { byId } from '../../shared/dom.js';
import { mindGestures } from './gestures.js';
import { PITCH } from './layout.js';
import { COMFORTABLE } from './seat-map.js';

/** A finger wants seats of at least this many pixels. */
const FINGER_PX = 20;
const STEP = 1.6;

export class MapClicks {
  #map;
  #act;
  #gestures;

  /** `act` has `seat(seat)` and `section(section)`. */
  constructor(surface, map, act) {
    this.#map = map;
    this.#act = act;
    this.#gestures = mindGestures(surface, map.camera);
    surface.addEventListener('click', (event) => this.#click(event));
    byId('zoom-in').onclick = () => map.camera.zoom(STEP);
    byId('zoom-out').onclick = () => map.camera.zoom(1 / STEP);
    byId('zoom-all').onclick = () => map.camera.showAll();
  }

  #click(event) {
    const { state, camera, layout, far } = this.#map;
    if (!state || this.#gestures.pressed.dragged) return undefined;
    // A screen reader clicks on what it has read, at no place in particular.
    if (event.detail === 0) return this.#clickOn(event.target);
    const at = this.#gestures.position(event);
    const { x, y } = camera.toMap(at.x, at.y);
    const seat = layout.seatAt(x, y);
    const section = layout.blockAt(x, y)?.section;
    const isSmall = this.#gestures.pressed.touch && PITCH * camera.scale < FINGER_PX;
    if (section?.standing) this.#act.section(section);
    else if (far || isSmall) this.#approach(section, x, y);
    else if (seat !== undefined) this.#act.seat(seat);
    return undefined;
  }

  #clickOn(target) {
    const { state } = this.#map;
    const { seat, section } = target.closest('[data-seat], [data-section]')?.dataset ?? {};
    if (seat !== undefined) this.#act.seat(state.find(seat));
    else if (section !== undefined) this.#act.section(state.section(section));
  }

  #approach(section, x, y) {
    if (section) this.#map.camera.centre(x, y, COMFORTABLE);
  }
}
