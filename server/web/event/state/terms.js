// The event's terms: its name, its date, whether sales are open, how many places one person may
// have. The stream carries places only, and sends a snapshot after a change of terms.

import { insist, pauseAfter } from '../../shared/api.js';

/** The names of the texts about an event that is not sold. */
export const closedTexts = ({ sales }) => (sales === 'cancelled' ? {
  title: 'titleCancelled', why: 'whyCancelled', said: 'saidCancelled', choice: 'choiceCancelled',
} : { title: 'titleClosed', why: 'whyClosed', said: 'saidClosed', choice: 'choiceClosed' });

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
