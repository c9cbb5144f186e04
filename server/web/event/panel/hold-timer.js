// The time that a hold has left, by the server's clock. Pure: the time is an argument.

/** The seconds before the end at which the time left is spoken. */
const SPOKEN = [60, 30, 10];
const SHORT_MS = 30_000;
/** Pauses between requests for the state of a hold after its end, doubled up to the longest. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 60_000;

export class HoldTimer {
  #until;
  #whole;
  #left = Infinity;
  /** The time left at which the next request is due, and the pause after it. */
  #dueAt = 0;
  #pause = FIRST_PAUSE_MS;

  /** Runs from `since` to `until`, in milliseconds of the server's time. */
  constructor(until, since) {
    this.#until = until;
    // Whole seconds: clocks that differ by a moment do not begin one second too late.
    this.#whole = Math.round((until - since) / 1_000) * 1_000;
  }

  /**
   * The timer at `now`, which must not go back: the milliseconds `left`, the `share` of the whole
   * time, whether the time is `short`, the number of seconds to be `spoken` if any, and whether it
   * is `due` to ask for the state of the hold.
   */
  at(now) {
    const left = Math.min(this.#whole, this.#until - now);
    const crossed = (seconds) => left <= seconds * 1_000 && this.#left > seconds * 1_000;
    const spoken = this.#left === Infinity ? undefined : SPOKEN.findLast(crossed);
    this.#left = left;
    return {
      left, spoken, share: Math.max(0, Math.min(1, left / this.#whole)), short: left < SHORT_MS,
      due: this.#isDue(left),
    };
  }

  #isDue(left) {
    if (left > this.#dueAt) return false;
    this.#dueAt = left - this.#pause;
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MS);
    return true;
  }
}
