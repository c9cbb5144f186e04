// The countdown to the opening of sales, by the server's time.

import { serverNow } from '../../shared/clock.js';
import { byId, say } from '../../shared/dom.js';
import { duration } from '../../shared/format.js';
import { text } from '../../shared/text.js';

const TICK_MS = 250;
/** Pauses between requests for the terms after the opening, doubled up to the longest. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Tells when to ask for the terms after the opening: at once, then after growing pauses. Pure: the
 * time that is left, which is negative then, is an argument.
 */
export class OpeningTimer {
  #dueAt = 0;
  #pause = FIRST_PAUSE_MS;

  isDue(left) {
    if (left > this.#dueAt) return false;
    this.#dueAt = left - this.#pause;
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MS);
    return true;
  }
}

export class Opening {
  #interval = 0;
  #at;
  #due;

  /** `due` is called when sales should have opened, and nobody has told so. */
  constructor(due) {
    this.#due = due;
  }

  /** Counts down to the opening of an event's sales, while they are scheduled. */
  show({ sales, sales_from: from }) {
    const at = sales === 'scheduled' ? from?.at : undefined;
    byId('opens-in').hidden = at === undefined;
    if (at === this.#at) return;
    this.#at = at;
    clearInterval(this.#interval);
    if (at === undefined) return;
    const timer = new OpeningTimer();
    const tick = () => {
      const left = Date.parse(at) - serverNow();
      say(byId('opens-in'), text('opensIn', { left: duration(Math.max(0, left)) }));
      if (timer.isDue(left)) this.#due();
    };
    this.#interval = setInterval(tick, TICK_MS);
    tick();
  }
}
