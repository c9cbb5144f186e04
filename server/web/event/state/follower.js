// Follows the stream: keeps the event's state at the newest version that was received.

import { EventState } from './event-state.js';

export class Follower {
  /** The event's state; undefined until the first snapshot. */
  state;
  /** The state before it, which had other sections, prices or rows. */
  before;
  #report;

  /**
   * `report` has `built(state)` for sections and rows that were not there before,
   * `changed(seats, sections)` for those that have other states and counts now, and `lost()` for a
   * change that does not belong to the state: only a new snapshot helps.
   */
  constructor(report) {
    this.#report = report;
  }

  /** `hall` is that of the snapshot's plan, if it names one. */
  snapshot(snapshot, hall) {
    if (this.state?.fits(snapshot)) {
      this.#report.changed(this.state.restore(snapshot), this.state.sections);
    } else {
      this.before = this.state;
      this.state = new EventState(snapshot, hall);
      this.#report.built(this.state);
    }
  }

  change(change) {
    const seats = this.state?.apply(change) ?? null;
    if (seats === null) {
      this.#report.lost();
    } else {
      const names = new Set(change.sections.map(({ section }) => section));
      this.#report.changed(seats, this.state.sections.filter(({ name }) => names.has(name)));
    }
  }
}
