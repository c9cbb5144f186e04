// Places in words.

import { counted, isolated, money } from '../shared/format.js';

/** What each look of a seat is called. */
const LOOKS = {
  free: 'free', held: 'held by somebody', sold: 'sold', blocked: 'not for sale',
  chosen: 'chosen', mine: 'yours',
};

/** The places of a reservation, each in words. */
export function places({ seats, standing }) {
  if (!standing) return seats.map(isolated);
  return [`${counted(standing.places, 'place')} in ${isolated(standing.section)}`];
}

/** A seat that looks so. */
export function describeSeat(state, seat, look, currency) {
  const row = state.row(seat);
  const place = `Row ${row.letters}, seat ${seat - row.first + 1}`;
  const section = row.section.prefix ? `${isolated(row.section.name)}, ` : '';
  return `${section}${place}, ${money(row.section.price, currency)}, ${LOOKS[look]}`;
}

/** A section's name and price. */
export const sectionTitle = ({ name, price }, currency) =>
  `${isolated(name)} · ${money(price, currency)}`;
