// Seats, sections and places described in words, for labels, tooltips and screen readers.

import { count, counted, isolated, money } from '../shared/format.js';

const LOOKS = {
  free: 'free', held: 'held by somebody', sold: 'sold', blocked: 'not for sale',
  chosen: 'chosen', mine: 'yours',
};

/** The places of a reservation: one text a seat, or one for all standing places. */
export function describePlaces({ seats, standing }) {
  if (!standing) return seats.map(isolated);
  return [`${counted(standing.places, 'place')} in ${isolated(standing.section)}`];
}

/** A seat with its price and its look. */
export function describeSeat(state, seat, look, currency) {
  const row = state.row(seat);
  const place = `Row ${row.letters}, seat ${seat - row.first + 1}`;
  const section = row.section.prefix ? `${isolated(row.section.name)}, ` : '';
  return `${section}${place}, ${money(row.section.price, currency)}, ${LOOKS[look]}`;
}

/** A section with its price and its free places. */
export function describeSection(section, currency) {
  const { counts: { free }, capacity } = section;
  return `${sectionTitle(section, currency)}, ${count(free)} free, ${count(capacity)} in all`;
}

/** A section's name and price. */
export const sectionTitle = ({ name, price }, currency) =>
  `${isolated(name)} · ${money(price, currency)}`;
