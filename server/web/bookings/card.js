// One booking: what it is for, and how it is cancelled.

import { element } from '../shared/dom.js';
import { timeAndPlace, listed, money } from '../shared/format.js';
import { describePlaces } from '../shared/places.js';
import { text } from '../shared/text.js';

export class BookingCard {
  root;
  /** When the event begins. */
  starts;

  /** `cancel` receives the reservation, once the visitor has said so twice. */
  constructor(reservation, event, cancel) {
    this.starts = Date.parse(event.starts_at);
    const { event: slug, total, id, code, status } = reservation;
    const link = element('a', { href: `/event/${encodeURIComponent(slug)}` },
      element('bdi', {}, event.name));
    const isHeld = status === 'held';
    this.root = element('li', { class: 'booking', 'data-booking': id },
      element('h2', {}, link),
      element('p', { class: 'quiet' }, timeAndPlace(event)),
      element('p', { class: 'places' }, listed(describePlaces(reservation))),
      element('p', { class: 'price' }, money(total, reservation)),
      ...(event.sales === 'cancelled' ? [cancelled()] : []),
      ...(isHeld ? [element('p', { class: 'quiet' }, text('onlyHeld'))] : []),
      element('p', { class: 'quiet' }, text('reference'), element('code', {}, code)),
      ending(reservation, cancel));
  }
}

/** Says that the event does not take place. */
const cancelled = () => element('p', { class: 'cancelled' },
  element('strong', {}, text('titleEventCancelled')), ' ', text('whyEventCancelled'));

/** A button that gives a booking back when it is pressed and that is confirmed. */
function ending(reservation, cancel) {
  const button = (name, strong) => element('button',
    { type: 'button', class: strong ? 'button strong' : 'button' }, text(name));
  const isHeld = reservation.status === 'held';
  const first = button(isHeld ? 'release' : 'cancelBooking');
  const [sure, keep] = [button(isHeld ? 'release' : 'reallyCancel', true), button('keepBooking')];
  const row = element('p', { class: 'buttons' }, first);
  first.onclick = () => {
    row.replaceChildren(sure, keep);
    keep.focus();
  };
  keep.onclick = () => {
    row.replaceChildren(first);
    first.focus();
  };
  sure.onclick = () => {
    for (const each of [sure, keep]) each.disabled = true;
    cancel(reservation).finally(() => row.replaceChildren(first));
  };
  return row;
}
