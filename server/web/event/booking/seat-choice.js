// Choosing seats on the map. A chosen seat is not reserved, so another customer may get it first:
// then the visitor is told, and offered the nearest free seats.

import { announce } from '../../shared/dom.js';
import { money } from '../../shared/format.js';
import { recall, remember } from '../../shared/session.js';
import { text } from '../../shared/text.js';
import { nearestFree } from '../state/nearest.js';
import { closedTexts } from '../state/terms.js';

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

  /** Remembers the choice for this tab's next page of the event. */
  remember(slug) {
    const { chosen } = this.#overlay;
    remember(`boxoffice-choice-${slug}`, this.#state ? this.#overlay.labels(chosen) : []);
  }

  /** Chooses again what the tab's last page of the event had chosen, as far as it is free. */
  recall(slug) {
    const labels = recall(`boxoffice-choice-${slug}`) ?? [];
    const seats = labels.map((label) => this.#state.find(label));
    this.#overlay.choose(seats.filter((seat) => seat !== undefined && this.#overlay.isFree(seat)));
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
      announce(text('saidGivenBack', { seat: label }));
    } else if (this.#event.sales !== 'open') {
      announce(text(closedTexts(this.#event).said));
    } else if (!this.#overlay.isFree(seat)) {
      announce(text('saidNotFree', { seat: label }));
    } else if (chosen.size >= this.#most()) {
      this.#notices.show(text('mostPlaces', { most: this.#most() }));
    } else {
      this.#overlay.choose([seat]);
      const total = money(this.#state.total(chosen), this.#event);
      announce(text('saidChosen', { seat: label, total }));
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
