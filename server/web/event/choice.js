// Choosing seats, and losing them: a chosen seat is nobody's until it is held, so somebody else may
// be quicker. Then it says so and offers the nearest ones that are free.

import { announce } from '/web/shared/dom.js';
import { money } from '/web/shared/words.js';
import { nearestFree } from './nearest.js';

/** Places that one reservation may ask for. */
const MOST_PLACES = 100;

export class Choice {
  #own;
  #booking;
  #notices;
  #house;
  #event;

  constructor({ own, booking, notices }) {
    this.#own = own;
    this.#booking = booking;
    this.#notices = notices;
  }

  show(house, event) {
    this.#house = house;
    this.#event = event;
  }

  /** Chooses a seat, or gives it back. */
  toggle(seat) {
    const { chosen } = this.#own;
    const label = this.#house.label(seat);
    if (this.#booking.busy || this.#booking.step === 'held') return;
    if (this.#booking.step === 'booked') this.#booking.again();
    if (chosen.has(seat)) {
      this.#own.drop([seat]);
      announce(`${label} given back.`);
    } else if (this.#event.sales !== 'open') {
      announce('Sales are closed.');
    } else if (!this.#own.isFree(seat)) {
      announce(`${label} is not free.`);
    } else if (chosen.size >= this.#most()) {
      this.#notices.show(`One person can have ${this.#most()} places of this event.`);
    } else {
      this.#own.choose([seat]);
      const total = [...chosen].reduce((sum, each) => sum + this.#house.price(each), 0);
      announce(`${label} chosen. Total ${money(total, this.#event.currency)}.`);
    }
  }

  /** Gives a seat back by its label. */
  drop(label) {
    const seat = this.#house.find(label);
    if (seat !== undefined) this.#own.drop([seat]);
  }

  /** Looks whether somebody got chosen seats; while an answer is on its way they may be ours. */
  check() {
    if (this.#booking.busy) return;
    const lost = this.#own.lost();
    if (lost.length > 0) this.lose(lost, this.#house.version);
  }

  /** These seats are somebody else's since `version`: says so, and offers others. */
  lose(lost, version) {
    this.#own.lose(lost, version);
    const labels = this.#own.labels(lost);
    const instead = nearestFree(this.#house, lost, [...this.#own.chosen, ...lost]);
    this.#notices.lost(labels, this.#own.labels(instead), () => {
      this.#own.choose(instead.filter((seat) => this.#own.isFree(seat)));
    });
  }

  /** The server has refused these labels: they are taken, whatever the stream has said so far. */
  taken(labels, version) {
    const seats = labels.map((label) => this.#house.find(label));
    this.lose(seats.filter((seat) => seat !== undefined), version);
  }

  #most() {
    return Math.min(MOST_PLACES, this.#event.max_per_customer ?? MOST_PLACES);
  }
}
