// The visitor's reservations of the event. They are loaded before the first seat is drawn, so that
// no own seat ever looks like another customer's.

import { ask } from '../../shared/api.js';
import { byId, element } from '../../shared/dom.js';
import { listed, money } from '../../shared/format.js';
import { describePlaces } from '../../shared/places.js';

/** The most reservations that the server lists at once; ended ones are among them. */
const MOST = 1_000;

export class Reservations {
  confirmed = [];
  /** Some may belong to another tab. */
  held = [];
  #path;

  constructor(slug) {
    this.#path = `/v1/reservations?${new URLSearchParams({ event: slug, limit: MOST })}`;
  }

  /** Loads the reservations and lists the confirmed ones. */
  async refresh() {
    const { reservations } = await ask('GET', this.#path);
    this.confirmed = reservations.filter(({ status }) => status === 'confirmed');
    this.held = reservations.filter(({ status }) => status === 'held');
    byId('bookings').hidden = this.confirmed.length === 0;
    byId('bookings-list').replaceChildren(...this.confirmed.map((reservation) =>
      element('li', {}, element('span', {}, listed(describePlaces(reservation))),
        element('span', {}, money(reservation.total, reservation)))));
  }
}
