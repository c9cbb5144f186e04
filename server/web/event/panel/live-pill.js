// The pill that says whether the page is up to date: the stream is connected, and no request waits
// long for its answer.

import { byId, say } from '../../shared/dom.js';
import { text } from '../../shared/text.js';

export class LivePill {
  #isLive = false;
  #isSlow = false;
  #hasEnded = false;

  /** The stream is connected, or not. */
  connected(isLive) {
    this.#isLive = isLive;
    this.#draw();
  }

  /** A request is without an answer for some seconds, or none is. */
  waits(isSlow) {
    this.#isSlow = isSlow;
    this.#draw();
  }

  /** The event was removed. */
  end() {
    this.#hasEnded = true;
    this.#draw();
  }

  #draw() {
    const isGood = this.#isLive && !this.#isSlow && !this.#hasEnded;
    byId('live').dataset.live = isGood ? 'yes' : 'lost';
    byId('plan').classList.toggle('stale', !this.#isLive || this.#hasEnded);
    say(byId('live'), this.#text());
  }

  #text() {
    if (this.#hasEnded) return text('ended');
    if (this.#isSlow) return text('noAnswerYet');
    return text(this.#isLive ? 'live' : 'notLive');
  }
}
