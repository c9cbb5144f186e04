// The event's terms: its name, its date, whether sales are open, how many places one person may
// have. The stream carries places only, and sends a snapshot after a change of terms.

import { insist, pauseAfter } from '../../shared/api.js';
import { zonedTime } from '../../shared/format.js';

const TEXTS = {
  closed: { title: 'titleClosed', why: 'whyClosed', said: 'saidClosed', choice: 'choiceClosed' },
  cancelled: {
    title: 'titleEventCancelled', why: 'whyEventCancelled', said: 'saidEventCancelled',
    choice: 'choiceEventCancelled',
  },
  scheduled: {
    title: 'titleScheduled', why: 'whyScheduled', said: 'saidScheduled', choice: 'choiceScheduled',
  },
  ended: { title: 'titleEnded', why: 'whyEnded', said: 'saidEnded', choice: 'choiceEnded' },
};

/** The names of the texts about an event that is not sold, and the fields of why it is not. */
export const closedTexts = ({ sales, sales_from: from }) => ({
  ...TEXTS[sales] ?? TEXTS.closed, fields: from ? { when: zonedTime(from) } : {},
});

export class Terms {
  #path;
  #take;
  #isAsking = false;
  #isDue = false;
  #isOver = false;

  /** `take` receives the terms after every request for them. */
  constructor(path, take) {
    this.#path = path;
    this.#take = take;
  }

  /** Asks for the terms anew. One request runs at a time, so the last answer is the newest. */
  async renew() {
    this.#isDue = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    let failures = 0;
    while (this.#isDue && !this.#isOver) {
      this.#isDue = false;
      try {
        const data = await insist('GET', `${this.#path}?fresh=true`);
        if (!this.#isOver) this.#take(data);
        failures = 0;
      } catch {
        this.#isDue = true;
        failures += 1;
        await pauseAfter(failures);
      }
    }
    this.#isAsking = false;
  }

  /** The event was removed: there are no terms to ask for. */
  end() {
    this.#isOver = true;
  }
}
