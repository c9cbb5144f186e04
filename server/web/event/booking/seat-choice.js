// Choosing seats, and losing them: a chosen seat is nobody's until it is held, so somebody else may
// be quicker. Then it says so and offers the nearest ones that are free.

import { announce } from '../../shared/dom.js';
import { money } from '../../shared/format.js';
import { nearestFree } from '../state/nearest.js';

/** Places that one reservation may ask for. */
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
      const total = [...chosen].reduce((sum, each) => sum + this.#state.price(each), 0);
      announce(`${label} chosen. Total ${money(total, this.#event.currency)}.`);
    }
  }

  /** Gives a seat back by its label. */
  drop(label) {
    const seat = this.#state.find(label);
    if (seat !== undefined) this.#overlay.drop([seat]);
  }

  /** Looks whether somebody got chosen seats; while an answer is on its way they may be ours. */
  check() {
    if (this.#booking.busy) return;
    const lost = this.#overlay.lost();
    if (lost.length > 0) this.lose(lost, this.#state.version);
  }

  /** These seats are somebody else's since `version`: says so, and offers others. */
  lose(lost, version) {
    this.#overlay.lose(lost, version);
    const labels = this.#overlay.labels(lost);
    const instead = nearestFree(this.#state, lost, [...this.#overlay.chosen, ...lost]);
    this.#notices.lost(labels, this.#overlay.labels(instead), () => {
      this.#overlay.choose(instead.filter((seat) => this.#overlay.isFree(seat)));
    });
  }

  /** The server has refused these labels: they are taken, whatever the stream has said so far. */
  taken(labels, version) {
    const seats = labels.map((label) => this.#state.find(label));
    this.lose(seats.filter((seat) => seat !== undefined), version);
  }

  #most() {
    return Math.min(MOST_PLACES, this.#event.max_per_customer ?? MOST_PLACES);
  }
}
