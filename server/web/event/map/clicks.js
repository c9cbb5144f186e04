// Clicks and taps on the map, which choose a seat or from afar zoom in, and its zoom buttons.

import { CLOSEST } from '../../hall/camera.js';
import { listenToGestures } from '../../hall/gestures.js';
import { PITCH } from '../../hall/hall.js';
import { listenToZoomButtons } from '../../hall/zoom-buttons.js';
import { COMFORTABLE } from './seat-map.js';

/** Smaller seats, in pixels, are hard to hit with a finger: a tap zooms in instead. */
const FINGER_PX = 44;

export class MapClicks {
  #map;
  #act;
  #gestures;

  /** `act` has `seat(seat)` and `section(section)`. */
  constructor(surface, map, act) {
    this.#map = map;
    this.#act = act;
    this.#gestures = listenToGestures(surface, map.camera);
    surface.addEventListener('click', (event) => this.#click(event));
    listenToZoomButtons(map.camera);
  }

  #click(event) {
    const { state, camera, far } = this.#map;
    if (!state || this.#gestures.press.dragged) return undefined;
    // A screen reader clicks on an element, without a position.
    if (event.detail === 0) return this.#clickOn(event.target);
    const at = this.#gestures.position(event);
    const { x, y } = camera.toMap(at.x, at.y);
    const seat = this.#map.seatAt(at);
    const section = this.#map.sectionAt(at);
    const { touch } = this.#gestures.press;
    const isSmall = touch && Math.round(PITCH * camera.scale) < FINGER_PX;
    if (section?.standing) this.#act.section(section);
    else if (far || isSmall) this.#approach(section, x, y, touch ? CLOSEST : COMFORTABLE);
    else if (seat !== undefined) this.#act.seat(seat);
    return undefined;
  }

  #clickOn(target) {
    const { state } = this.#map;
    const { seat, section } = target.closest('[data-seat], [data-section]')?.dataset ?? {};
    if (seat !== undefined) this.#act.seat(state.find(seat));
    else if (section !== undefined) this.#act.section(state.section(section));
  }

  #approach(section, x, y, scale) {
    if (section) this.#map.camera.centre(x, y, scale);
  }
}
