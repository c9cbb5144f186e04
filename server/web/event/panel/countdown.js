// The countdown of a hold: shown all the time, spoken seldom.

import { serverNow } from '../../shared/clock.js';
import { announce, byId, say } from '../../shared/dom.js';
import { minutesAndSeconds } from '../../shared/format.js';
import { text } from '../../shared/text.js';
import { HoldTimer } from './hold-timer.js';

const TICK_MS = 250;

export class Countdown {
  #interval = 0;

  /** Counts down to `until`. `due` is called at the end, and again at growing intervals. */
  start(until, since, due) {
    this.stop();
    const timer = new HoldTimer(until, since);
    const tick = () => {
      const now = timer.at(serverNow());
      show(now);
      if (now.due) due();
    };
    this.#interval = setInterval(tick, TICK_MS);
    tick();
  }

  stop() {
    clearInterval(this.#interval);
  }
}

function show({ left, share, short, spoken }) {
  const time = minutesAndSeconds(left);
  say(byId('countdown'), time);
  byId('countdown').classList.toggle('short', short);
  byId('countdown-bar').style.transform = `scaleX(${share})`;
  document.title = text('timeLeftTitle', { time, name: byId('name').textContent });
  if (spoken) announce(text('secondsLeft', { seconds: spoken }));
}
