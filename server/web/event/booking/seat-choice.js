// Choosing seats on the map. A chosen seat is not reserved, so another customer may get it first:
// then the visitor is told, and offered the nearest free seats.

import { announce } from '../../shared/dom.js';
import { money } from '../../shared/format.js';
import { nearestFree } from '../state/nearest.js';

/** The most places of one reservation. */
const MOST_PLACES = 100;

export class SeatChoice {
  #overlay;
  #booking;
  #notices;
  #state;
  #event;

  constructor({ overlay, booking, notices }) {
    this.#overlay = overlay;
    this.#booking = booking;
    this.#notices = notices;
  }

  show(state, event) {
    this.#state = state;
    this.#event = event;
  }

  /** Chooses a seat, or gives it back. */
  toggle(seat) {
    const { chosen } = this.#overlay;
    const label = this.#state.label(seat);
    if (this.#booking.busy || this.#booking.step === 'held') return;
    if (this.#booking.step === 'booked') this.#booking.again();
    if (chosen.has(seat)) {
      this.#overlay.drop([seat]);
      announce(`${label} given back.`);
    } else if (this.#event.sales !== 'open') {
      announce('Sales are closed.');
    } else if (!this.#overlay.isFree(seat)) {
      announce(`${label} is not free.`);
    } else if (chosen.size >= this.#most()) {
      this.#notices.show(`One person can have ${this.#most()} places of this event.`);
    } else {
      this.#overlay.choose([seat]);
      const total = this.#state.total(chosen);
      announce(`${label} chosen. Total ${money(total, this.#event.currency)}.`);
    }
  }

  /** Gives a chosen seat back, named by its label. */
  drop(label) {
    const seat = this.#state.find(label);
    if (seat !== undefined) this.#overlay.drop([seat]);
  }

  /** Notices chosen seats that are not free any more. During a hold they may be the visitor's. */
  check() {
    if (this.#booking.busy) return;
    const lost = this.#overlay.lost();
    if (lost.length > 0) this.#lose(lost, this.#state.version);
  }

  /** The server refused seats, named by their labels: they are another customer's at `version`. */
  refused(labels, version) {
    const seats = labels.map((label) => this.#state.find(label));
    this.#lose(seats.filter((seat) => seat !== undefined), version);
  }

  #lose(lost, version) {
    this.#overlay.lose(lost, version);
    const labels = this.#overlay.labels(lost);
    const instead = nearestFree(this.#state, lost, [...this.#overlay.chosen, ...lost]);
    this.#notices.lost(labels, this.#overlay.labels(instead), () => {
      this.#overlay.choose(instead.filter((seat) => this.#overlay.isFree(seat)));
    });
  }

  #most() {
    return Math.min(MOST_PLACES, this.#event.max_per_customer ?? MOST_PLACES);
  }
}
