// What this visitor has of the event: the page knows it before it draws a seat, so that none of
// these ever looks like a stranger's.

import { ask } from '../../shared/api.js';
import { byId, element } from '../../shared/dom.js';
import { listed, money } from '../../shared/format.js';
import { places } from '../descriptions.js';

/** As many reservations as the server lists at once; the ended ones are among them. */
const MOST = 1_000;

export class Reservations {
  /** The confirmed reservations. */
  confirmed = [];
  /** The held ones; another tab may be busy with them. */
  held = [];
  #path;

  constructor(slug) {
    this.#path = `/v1/reservations?${new URLSearchParams({ event: slug, limit: MOST })}`;
  }

  async refresh() {
    const { reservations } = await ask('GET', this.#path);
    this.confirmed = reservations.filter(({ status }) => status === 'confirmed');
    this.held = reservations.filter(({ status }) => status === 'held');
    byId('bookings').hidden = this.confirmed.length === 0;
    byId('bookings-list').replaceChildren(...this.confirmed.map((reservation) =>
      element('li', {}, element('span', {}, listed(places(reservation))),
        element('span', {}, money(reservation.total, reservation.currency)))));
  }
}
