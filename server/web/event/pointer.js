// Clicks and taps on the map: a seat is chosen, a place from afar is zoomed in on; and the buttons.

import { byId } from '/web/shared/dom.js';
import { mindGestures } from './gestures.js';
import { PITCH } from './ground.js';
import { COMFORTABLE } from './plan.js';

/** A finger wants seats of at least this many pixels. */
const FINGER_PX = 20;
const STEP = 1.6;

export class Pointer {
  #plan;
  #act;
  #gestures;

  /** `act` has `seat(seat)` and `section(section)`. */
  constructor(surface, plan, act) {
    this.#plan = plan;
    this.#act = act;
    this.#gestures = mindGestures(surface, plan.camera);
    surface.addEventListener('click', (event) => this.#click(event));
    byId('zoom-in').onclick = () => plan.camera.zoom(STEP);
    byId('zoom-out').onclick = () => plan.camera.zoom(1 / STEP);
    byId('zoom-all').onclick = () => plan.camera.showAll();
  }

  #click(event) {
    const { house, camera, ground, far } = this.#plan;
    if (!house || this.#gestures.pressed.dragged) return undefined;
    // A screen reader clicks on what it has read, at no place in particular.
    if (event.detail === 0) return this.#clickOn(event.target);
    const at = this.#gestures.position(event);
    const { x, y } = camera.toGround(at.x, at.y);
    const seat = ground.seatAt(x, y);
    const section = ground.blockAt(x, y)?.section;
    const isSmall = this.#gestures.pressed.touch && PITCH * camera.scale < FINGER_PX;
    if (section?.standing) this.#act.section(section);
    else if (far || isSmall) this.#approach(section, x, y);
    else if (seat !== undefined) this.#act.seat(seat);
    return undefined;
  }

  #clickOn(target) {
    const { house } = this.#plan;
    const { seat, section } = target.closest('[data-seat], [data-section]')?.dataset ?? {};
    if (seat !== undefined) this.#act.seat(house.find(seat));
    else if (section !== undefined) this.#act.section(house.section(section));
  }

  #approach(section, x, y) {
    if (section) this.#plan.camera.centre(x, y, COMFORTABLE);
  }
}
