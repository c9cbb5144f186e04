// The event's terms: what it is called, when it begins, whether it is sold, how many places one
// person can have. The stream tells of places only, and begins anew wherever terms have changed.

import { insist, pauseAfter } from '../../shared/api.js';

export class Terms {
  #path;
  #take;
  #isAsking = false;
  #isDue = false;
  #isOver = false;

  /** `take` is told them whenever they were asked for. */
  constructor(path, take) {
    this.#path = path;
    this.#take = take;
  }

  /** They may be others now. One question at a time: so the last answer is the newest. */
  async renew() {
    this.#isDue = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    let failures = 0;
    while (this.#isDue && !this.#isOver) {
      this.#isDue = false;
      try {
        const told = await insist('GET', `${this.#path}?fresh=true`);
        if (!this.#isOver) this.#take(told);
        failures = 0;
      } catch {
        this.#isDue = true;
        failures += 1;
        await pauseAfter(failures);
      }
    }
    this.#isAsking = false;
  }

  /** The event is no more. */
  end() {
    this.#isOver = true;
  }
}
