// The time that a hold has left, by the server's clock: shown every second, spoken seldom.

import { serverNow } from '../../shared/clock.js';
import { announce, byId, say } from '../../shared/dom.js';
import { minutesAndSeconds } from '../../shared/format.js';

/** At these many seconds before the end it is spoken. */
const SPOKEN = [60, 30, 10];
const SHORT_MS = 30_000;
const TICK_MS = 250;
/** At the end somebody asks what became of the hold: so long apart at most, if nobody knows. */
const LONGEST_WAIT_MS = 60_000;

export class Countdown {
  #timer = 0;
  #left = Infinity;

  /** Counts down to a time; `due` is called when it is reached, and then ever more seldom. */
  start(until, since, due) {
    clearInterval(this.#timer);
    this.#left = Infinity;
    // Clocks that differ by an instant are no reason to begin with a second too many.
    const whole = Math.round((until - since) / 1_000) * 1_000;
    let [dueAt, wait] = [0, TICK_MS];
    const tick = () => {
      const left = Math.min(whole, until - serverNow());
      this.#show(left, whole);
      if (left > dueAt) return;
      dueAt = left - wait;
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
      due();
    };
    this.#timer = setInterval(tick, TICK_MS);
    tick();
  }

  stop() {
    clearInterval(this.#timer);
  }

  #show(left, whole) {
    const text = minutesAndSeconds(left);
    say(byId('countdown'), text);
    byId('countdown').classList.toggle('short', left < SHORT_MS);
    const share = Math.max(0, Math.min(1, left / whole));
    byId('countdown-bar').style.transform = `scaleX(${share})`;
    document.title = `${text} left · ${byId('name').textContent}`;
    const crossed = SPOKEN.find((seconds) =>
      left <= seconds * 1_000 && this.#left > seconds * 1_000 && this.#left !== Infinity);
    if (crossed) announce(`${crossed} seconds left to confirm.`);
    this.#left = left;
  }
}
